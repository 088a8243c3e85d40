"""API tokens: one's own, and for admins all of their tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import ApiToken
from access.operations.signin import check_current_password
from access.operations.tokens import issue, revoke_token
from access.throttling import SignInThrottle
from access.views import present
from access.views.helpers import PAGING, body, plain, require_person, resolved_of, tenant_row, user_of
from access.views.serializers import TokenBody, TokenCreated, TokenList
from kernel.errors import BadRequest, Forbidden, NotFound
from kernel.times import parse_time
from tenants.models import Tenant
from web import clock
from web.audit import audit
from web.caller import Role, caller_of, tenant_of
from web.paging import page_of
from web.requires import requires

TAGS = ["access"]
DEFAULT_LIFETIME = timedelta(days=365)


@requires(tenant=False)
class TokensView(APIView):
    throttle_classes = (SignInThrottle,)

    @extend_schema(
        operation_id="tokens_list", tags=TAGS, summary="My API tokens",
        description="With `of=tenant` (admins): everybody's tokens for the tenant.",
        parameters=[OpenApiParameter("of", enum=["me", "tenant"], default="me"), *PAGING], responses=TokenList,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        require_person(request)
        rows = _of_tenant(request) if request.GET.get("of") == "tenant" else _mine(request)
        rows = rows.select_related("user", "tenant").order_by("id")
        return Response(page_of(plain(request), list(rows), lambda row: row.id, present.token))

    @extend_schema(
        operation_id="tokens_create", tags=TAGS, summary="Create an API token for a pipeline or a device",
        description="One that never expires (`expires` is null) needs `current_password`.",
        request=TokenBody, responses={201: TokenCreated},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        require_person(request)
        values = body(request, TokenBody)
        tenant, expires = _tenant_for(request, values), _expiry(values)
        if expires is None:
            current = values.get("current_password")
            check_current_password(plain(request), caller_of(request).username, current)
        own = (values["scopes"], values["name"], expires, clock.now(), values.get("device", ""))
        row, token = issue(user_of(request), tenant, *own)
        detail = {"name": row.name, "scopes": row.scopes, "expires": row.expiry, "device": row.device}
        action = "api_token.create" if tenant else "operator.api_token.create"
        audit(request, action, row.id, detail, tenant=tenant.slug if tenant else None)
        return Response({**present.token(row), "token": token}, status=201)


@requires(tenant=False)
class TokenView(APIView):
    @extend_schema(
        operation_id="tokens_delete", tags=TAGS, summary="Revoke a token: refused everywhere within a second",
        responses={204: OpenApiResponse()},
    )  # fmt: skip
    def delete(self, request: Request, id: str) -> Response:
        row = _revocable(request).select_related("tenant", "user").filter(id=id).first()
        if row is None:
            raise NotFound(f"There is no token {id} of yours.")
        require_person(request)
        detail = {"name": row.name, "user": row.user.username, "scopes": row.scopes}
        slug = row.tenant.slug if row.tenant else None
        revoke_token(row)
        audit(request, "api_token.delete" if slug else "operator.api_token.delete", id, detail, tenant=slug)
        return Response(status=204)


def _mine(request: Request) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user_id=caller_of(request).user_id)


def _of_tenant(request: Request) -> QuerySet[ApiToken]:
    tenant = tenant_of(request)
    if caller_of(request).role is not Role.admin:
        raise Forbidden("Only the tenant's admins see other people's tokens.")
    return ApiToken.objects.filter(tenant_id=tenant.id)


def _revocable(request: Request) -> QuerySet[ApiToken]:
    """One's own, and for an admin also those of others for the tenant."""
    caller, tenant = caller_of(request), getattr(request, "tenant", None)
    mine = Q(user_id=caller.user_id)
    if tenant is not None and caller.role is Role.admin:
        mine |= Q(tenant_id=tenant.id)
    return ApiToken.objects.filter(mine)


def _tenant_for(request: Request, values: dict[str, Any]) -> Tenant | None:
    if "tenant" not in values:
        return tenant_row(request)
    slug = values["tenant"]
    if slug is None:
        return None
    identity = resolved_of(request).identity
    membership = identity.memberships.get(slug) if identity else None
    if membership is None:
        raise NotFound(f"You are not a member of a tenant “{slug}”.", slug="no-such-tenant")
    return Tenant.objects.get(pk=membership.tenant_id)


def _expiry(values: dict[str, Any]) -> datetime | None:
    """A year by default; None (never) only if requested."""
    if "expires" not in values:
        return clock.now() + DEFAULT_LIFETIME
    expires = values["expires"]
    if expires is None:
        return None
    if isinstance(expires, bool) or not isinstance(expires, (str, int)):
        raise BadRequest(
            "expires must be ISO 8601 with a zone, epoch milliseconds, or null.", slug="bad-expiry", field="expires"
        )
    return datetime.fromtimestamp(parse_time(str(expires), "expires") / 1000, UTC)
