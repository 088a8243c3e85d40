"""Resolves the callers of a tenant's own pod: by a request to the control plane, cached for 2 s (ADR 0040)."""

from __future__ import annotations

import time
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from access.credentials import bearer_of, named_tenants
from access.identity import Identity, MembershipView, choose_membership
from access.identity_cache import IdentityCache, Loaded
from access.resolution import Resolved, resolved, subject_of_session
from config.pod.control import pod_tenant
from kernel.errors import Unauthorized
from stores.redis.epochs import Position
from web.caller import Role
from web.pods.client import control_plane
from web.pods.messages import CallerQuery, CallerResponse

CALLER_TTL_S = 2.0


class NoInvalidations:
    """Invalidations are published outside the tenant's part of Redis, so entries only expire, after a short time."""

    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        return Position("", 0), frozenset()


@cache
def identity_cache() -> IdentityCache:
    return IdentityCache(NoInvalidations(), time.monotonic, CALLER_TTL_S)


def resolve(request: HttpRequest) -> Resolved:
    """As `access.resolution.resolve`. Raises Unavailable while the control plane is unreachable."""
    bearer = bearer_of(request)
    digest = bearer.digest if bearer else None
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME) if bearer is None else None
    if digest:
        identity = _identity(f"token:{digest}", CallerQuery(token_digest=digest))
    elif session:
        try:
            identity = _identity(subject_of_session(session), CallerQuery(session=session))
        except Unauthorized:  # an expired session is no error
            return Resolved()
    else:
        return Resolved()
    membership = choose_membership(identity, named_tenants(request))
    return resolved(identity.caller(membership), pod_tenant().open(), identity, digest)


def _identity(credential: str, query: CallerQuery) -> Identity:
    def load() -> Loaded[Identity]:
        response = control_plane().caller(query)
        until = None if response.ends_in_s is None else time.monotonic() + response.ends_in_s
        return Loaded(_identity_of(response), frozenset({credential}), until)

    return identity_cache().get(credential, load)


def _identity_of(response: CallerResponse) -> Identity:
    """An identity with this tenant's membership only, so a request that names another tenant gets 404."""
    membership = MembershipView(response.tenant_id, response.tenant_slug, Role[response.role])
    return Identity(
        user_id=response.user_id,
        username=response.username,
        operator=False,
        via=response.via,
        scopes=frozenset(response.scopes),
        memberships={membership.slug: membership},
        token=response.token,
        device=response.device,
    )
