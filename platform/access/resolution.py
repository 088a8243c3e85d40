"""Resolves a request's caller and tenant, for DRF and plain views alike."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from access import loading
from access.credentials import bearer_of, named_tenants
from access.identity import Identity, choose_membership
from access.identity_cache import IdentityCache, Loaded
from kernel.errors import PlantraceError, Unauthorized
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Epochs
from web.caller import Caller


@dataclass(frozen=True, slots=True)
class Resolved:
    """`tenant_unavailable`: why the tenant's data cannot be used at present, for a view that needs it."""

    caller: Caller | None = None
    tenant: TenantConnection | None = None
    tenant_unavailable: PlantraceError | None = None
    identity: Identity | None = None
    token_digest: str | None = None


@cache
def epochs() -> Epochs:
    return Epochs(settings.REDIS_URL)


@cache
def identity_cache() -> IdentityCache:
    return IdentityCache(epochs(), time.monotonic)


def resolve(request: HttpRequest) -> Resolved:
    """Raises Unauthorized (invalid token), BadRequest or NotFound (the tenants named). Empty if anonymous."""
    bearer = bearer_of(request)
    identity = identity_of_token(bearer.digest) if bearer else _of_session(request)
    if identity is None:
        return Resolved()
    digest = bearer.digest if bearer else None
    membership = choose_membership(identity, named_tenants(request))
    caller = identity.caller(membership)
    if membership is None:
        return Resolved(caller, identity=identity, token_digest=digest)
    return resolved(caller, _tenant(membership.tenant_id), identity, digest)


def resolved(
    caller: Caller, found: TenantConnection | PlantraceError, identity: Identity, digest: str | None
) -> Resolved:
    """`found`: the tenant, or why it is unavailable."""
    if isinstance(found, PlantraceError):
        error = type(found)(found.detail, slug=found.problem, **found.extra)  # a new instance: errors carry tracebacks
        return Resolved(caller, tenant_unavailable=error, identity=identity, token_digest=digest)
    return Resolved(caller, found, identity=identity, token_digest=digest)


def identity_of_token(digest: str) -> Identity:
    """Raises Unauthorized."""
    credential = f"token:{digest}"

    def load() -> Loaded[Identity | None]:
        return loading.loaded_identity(loading.identity_of_token(digest), credential, time.monotonic())

    identity = identity_cache().get(credential, load)
    if identity is None:
        raise Unauthorized("The token is not valid: it is unknown, revoked or expired.")
    return identity


def identity_of_session(key: str, read: Callable[[], Identity | None]) -> Identity | None:
    """`read` finds out who is signed in by it, where this process has not cached it."""
    credential = subject_of_session(key)

    def load() -> Loaded[Identity | None]:
        return loading.loaded_identity(read(), credential, time.monotonic())

    return identity_cache().get(credential, load)


def _of_session(request: HttpRequest) -> Identity | None:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return identity_of_session(key, lambda: loading.identity_of_session(request)) if key else None


def subject_of_session(key: str) -> str:
    return f"session:{hashlib.sha256(key.encode()).hexdigest()}"


def _tenant(tenant_id: str) -> TenantConnection | PlantraceError:
    subject = loading.subject_of_tenant(tenant_id)
    return identity_cache().get(
        f"connection:{tenant_id}", lambda: Loaded(loading.connection_of(tenant_id), frozenset({subject}))
    )
