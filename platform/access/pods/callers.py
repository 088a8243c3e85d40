"""Whose credential it is in one tenant; other tenants and operators are not revealed."""

from __future__ import annotations

from access import loading, scopes
from access.identity import Identity
from access.resolution import identity_of_session, identity_of_token
from kernel.errors import BadRequest, NotFound, Unauthorized
from tenants.models import Tenant
from web import clock
from web.pods.messages import CallerQuery, CallerResponse


def answer_caller(tenant: Tenant, query: CallerQuery) -> CallerResponse:
    """Raises BadRequest, Unauthorized (unknown credential), NotFound (no access to this tenant)."""
    identity = _identity(query)
    membership = identity.memberships.get(tenant.slug)
    if membership is None or membership.tenant_id != tenant.id or identity.bound not in (None, tenant.slug):
        raise NotFound(f"You are not a member of a tenant “{tenant.slug}”.", slug="no-such-tenant")
    ends = None if identity.expires is None else (identity.expires - clock.now()).total_seconds()
    allowed = identity.scopes & scopes.of_role(membership.role)
    return CallerResponse(
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        user_id=identity.user_id,
        username=identity.username,
        role=membership.role.name,
        scopes=sorted(allowed),
        via=identity.via,
        ends_in_s=ends,
        token=identity.token,
        device=identity.device,
    )


def _identity(query: CallerQuery) -> Identity:
    if bool(query.token_digest) == bool(query.session):
        raise BadRequest("Send either token_digest or session.")
    if query.token_digest:
        return identity_of_token(query.token_digest)
    key = query.session
    identity = identity_of_session(key, lambda: loading.identity_of_session_key(key))
    if identity is None:
        raise Unauthorized("This session is not signed in.")
    return identity
