"""API tokens. A token is returned once; only its digest is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from access import scopes as scope_rules
from access.devices import device_directory
from access.models import ApiToken, Membership, User
from access.operations.epochs import bump_epoch
from kernel.errors import BadRequest, Forbidden, NotFound
from kernel.ids import TOKEN, is_id
from tenants.models import Tenant
from web import clock

PREFIX = "pt_"  # so that secret scanners recognize it
LOGIN_LIFETIME = timedelta(days=30)
MAX_NAMED_TOKENS = 200  # for one person
MAX_TOKENS_OF_DEVICE = 5  # so that one can be replaced by another
MAX_LIFETIME = timedelta(days=3650)


def create_token(
    user: User, tenant: Tenant | None, scopes: Iterable[str], name: str, expires: datetime | None = None
) -> str:
    """A named token for a tenant (read, write, ingest), or an operator's (`operate`) without one. Returns the token.

    BadRequest: invalid scopes or expiry; NotFound: not a member; Forbidden: not an operator.
    """
    return issue(user, tenant, scopes, name, expires, clock.now())[1]


def issue(
    user: User,
    tenant: Tenant | None,
    scopes: Iterable[str],
    name: str,
    expires: datetime | None,
    now: datetime,
    device: str = "",
) -> tuple[ApiToken, str]:
    """Like `create_token`, with its row. `device`: the id of the only device that it is for."""
    allowed = _operator_scopes(user, scopes) if tenant is None else _tenant_scopes(user, tenant, scopes)
    if device:
        _check_device(tenant, device, allowed)
    elif ApiToken.objects.filter(user=user, kind=ApiToken.Kind.named, device="").count() >= MAX_NAMED_TOKENS:
        raise BadRequest(
            f"You have {MAX_NAMED_TOKENS} tokens; revoke one that is not used first.", slug="too-many-tokens"
        )
    life, kind = _lifetime(expires, now), ApiToken.Kind.named
    return _create(user, life, kind=kind, name=name.strip(), tenant=tenant, scopes=sorted(allowed), device=device)


def create_login_token(user: User) -> tuple[ApiToken, str]:
    """The token of signing in by the API: everything that the person may do, for 30 days or until they sign out."""
    return _create(user, LOGIN_LIFETIME, kind=ApiToken.Kind.login)


def revoke_token(token: ApiToken) -> None:
    """Refused everywhere within a second."""
    digest = token.digest
    token.delete()
    bump_epoch(subject=f"token:{digest}")


def revoke_device_tokens(tenant_id: str, device: str) -> int:
    """How many tokens were bound to the device."""
    rows = list(tokens_of_device(tenant_id, device))
    for row in rows:
        revoke_token(row)
    return len(rows)


def tokens_of_device(tenant_id: str, device: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(tenant_id=tenant_id, device=device)


def tokens_for(tenant_id: str, ids: Collection[str]) -> QuerySet[ApiToken]:
    """Those of the ids that are valid for the tenant: its own, and those of its people that are of no tenant."""
    members = Membership.objects.filter(tenant_id=tenant_id, active=True).values("user")
    own = Q(tenant_id=tenant_id) | Q(tenant=None, user__in=members)
    return ApiToken.objects.filter(own, id__in=[id for id in ids if is_id(id, TOKEN)])


def revoke_login_tokens(user: User, but_digest: str | None = None) -> None:
    """Sign the person out of the API, except for the caller's token."""
    ApiToken.objects.filter(user=user, kind=ApiToken.Kind.login).exclude(digest=but_digest or "").delete()
    bump_epoch(user=user)


def revoke_all_tokens(user: User, but_digest: str | None = None) -> None:
    ApiToken.objects.filter(user=user).exclude(digest=but_digest or "").delete()
    bump_epoch(user=user)


def _create(user: User, life: timedelta | None, **fields: Any) -> tuple[ApiToken, str]:
    row, token = ApiToken.objects.create(user, life, PREFIX, **fields)  # type: ignore[no-untyped-call]
    return row, token


def _check_device(tenant: Tenant | None, device: str, scopes: frozenset[str]) -> None:
    if scopes != {scope_rules.INGEST} or tenant is None:
        raise BadRequest(
            "A token that is bound to a device is for a tenant and has the scope “ingest” only.",
            slug="bad-scopes",
            field="scopes",
        )
    if not device_directory().has_device(tenant.connection(), device):
        raise NotFound(f"There is no device “{device}” in {tenant.slug}.", slug="no-such-device", field="device")
    if tokens_of_device(tenant.pk, device).count() >= MAX_TOKENS_OF_DEVICE:
        raise BadRequest(
            f"This device has {MAX_TOKENS_OF_DEVICE} tokens; revoke one that is not used first.",
            slug="too-many-tokens",
        )


def _operator_scopes(user: User, wanted: Iterable[str]) -> frozenset[str]:
    if frozenset(wanted) != {scope_rules.OPERATE}:
        raise BadRequest(
            "A token without a tenant is for operators and has the scope “operate” only. For others name a tenant.",
            slug="bad-scopes",
            field="scopes",
        )
    if not user.operator:
        raise Forbidden("Only the platform's operators may have such a token.")
    return frozenset({scope_rules.OPERATE})


def _tenant_scopes(user: User, tenant: Tenant, wanted: Iterable[str]) -> frozenset[str]:
    membership = Membership.objects.filter(user=user, tenant=tenant, active=True).first()
    if membership is None:
        raise NotFound(f"You are not a member of a tenant “{tenant.slug}”.", slug="no-such-tenant")
    return scope_rules.check_tenant_scopes(wanted, membership.rank)


def _lifetime(expires: datetime | None, now: datetime) -> timedelta | None:
    if expires is None:
        return None
    left = expires - now
    if not timedelta(0) < left <= MAX_LIFETIME:
        raise BadRequest(
            "expires must lie in the future, at most ten years from now.", slug="bad-expiry", field="expires"
        )
    return left
