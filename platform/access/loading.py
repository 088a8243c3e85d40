"""Reading identities and tenants from the relational database, on a miss of the process's cache."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from access import scopes
from access.bookkeeping import write_unless_busy
from access.identity import Identity, MembershipView
from access.identity_cache import Loaded
from access.models import ApiToken, Membership, User
from access.sessions import SessionStore
from kernel.errors import NotFound, PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from tenants import queries as tenants
from tenants.lifecycle import State
from tenants.models import Tenant
from web import clock
from web.caller import Role

GONE = (State.deleting, State.deleted)
LAST_USED_RESOLUTION = timedelta(minutes=1)  # precision of `last_used`


def subject_of_user(user_id: int) -> str:
    return f"user:{user_id}"


def subject_of_tenant(tenant_id: str) -> str:
    return f"tenant:{tenant_id}"


def identity_of_token(digest: str) -> Identity | None:
    """Whose token it is; None if it is unknown or expired, its owner inactive or its tenant gone."""
    now = clock.now()
    token = ApiToken.objects.select_related("user", "tenant").filter(digest=digest).first()
    if token is None or not token.user.is_active or (token.expiry is not None and token.expiry <= now):
        return None
    _note_use(token, now)
    if token.kind == ApiToken.Kind.login:
        return _identity(token.user, "token", _all_scopes(token.user), token.expiry, token.id)
    if token.tenant is None:
        return _operator_identity(token)
    memberships = _memberships(token.user)
    if token.tenant.slug not in memberships:
        return None
    return Identity(
        user_id=token.user.pk,
        username=token.user.username,
        operator=False,
        via="token",
        scopes=frozenset(token.scopes),
        memberships=memberships,
        bound=token.tenant.slug,
        expires=token.expiry,
        token=token.id,
        device=token.device,
    )


def identity_of_session(request: HttpRequest) -> Identity | None:
    """Who is signed in by this session; None if nobody is, the password has changed since, or it has expired."""
    session = request.session
    assert isinstance(session, SessionStore)
    user = _user_of(session)
    if user is None or not user.is_active:
        return None
    end = session.note_use(clock.now())
    return _identity(user, "session", _all_scopes(user), end) if end is not None else None


def _user_of(session: SessionStore) -> User | None:
    """As Django's `get_user`, but a session from before SECRET_KEY was rotated keeps its key.

    Django would give it a new one, which is lost if the browser uses a tenant's pod or sends concurrent requests.
    """
    auth_hash, backend = session.get(HASH_SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    if not auth_hash or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if not isinstance(user, User):
        return None
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(auth_hash, each) for each in known):
        session.flush()
        return None
    return user


def identity_of_session_key(key: str) -> Identity | None:
    """The same by the session's key alone, which is all that a tenant's pod knows."""
    request = HttpRequest()
    request.session = SessionStore(key)
    return identity_of_session(request)


def connection_of(tenant_id: str) -> TenantConnection | PlantraceError:
    """How to reach the tenant's data, or why it is unavailable."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return NotFound("This tenant no longer exists.", slug="no-such-tenant")
    if (unavailable := tenants.why_unavailable(tenant)) is not None:
        return unavailable
    try:
        return tenant.connection()
    except Unavailable as error:  # no key opens its credentials
        return error


def subjects_of(identity: Identity | None, credential: str) -> frozenset[str]:
    """What an identity was made from: if one of these changes, it is read again."""
    if identity is None:
        return frozenset({credential})
    tenants = (subject_of_tenant(membership.tenant_id) for membership in identity.memberships.values())
    return frozenset({credential, subject_of_user(identity.user_id), *tenants})


def loaded_identity(identity: Identity | None, credential: str, now: float) -> Loaded[Identity | None]:
    """With its expiry in the process's monotonic time."""
    until = None
    if identity is None:
        until = now  # not cached: strangers must not fill the cache
    elif identity.expires is not None:
        until = now + (identity.expires - clock.now()).total_seconds()
    return Loaded(identity, subjects_of(identity, credential), until)


def _identity(
    user: User, via: Literal["session", "token"], allowed: frozenset[str], expires: datetime | None, token: str = ""
) -> Identity:
    return Identity(user.pk, user.username, user.operator, via, allowed, _memberships(user), None, expires, token)


def _operator_identity(token: ApiToken) -> Identity | None:
    if not token.user.operator:
        return None
    return Identity(
        token.user.pk, token.user.username, True, "token", frozenset(token.scopes), {}, None, token.expiry, token.id
    )


def _all_scopes(user: User) -> frozenset[str]:
    own = scopes.DATA | {scopes.ACCOUNT}
    return own | {scopes.OPERATE} if user.operator else own


def _memberships(user: User) -> dict[str, MembershipView]:
    memberships = Membership.objects.filter(user=user, active=True).exclude(tenant__state__in=GONE)
    rows = memberships.values_list("tenant_id", "tenant__slug", "role")
    return {slug: MembershipView(tenant_id, slug, Role[role]) for tenant_id, slug, role in rows}


def _note_use(token: ApiToken, now: datetime) -> None:
    stale = Q(last_used__isnull=True) | Q(last_used__lt=now - LAST_USED_RESOLUTION)
    if token.last_used is None or token.last_used < now - LAST_USED_RESOLUTION:
        write_unless_busy(lambda: ApiToken.objects.filter(stale, digest=token.digest).update(last_used=now))
