"""The audit trail: a tenant's for its admins, the platform's for operators."""

from __future__ import annotations

from datetime import UTC, datetime

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import scopes, trail
from access.views import present
from access.views.helpers import plain
from access.views.serializers import AuditList
from kernel.errors import BadRequest, Forbidden
from kernel.times import parse_time
from web.caller import Role, caller_of, tenant_of
from web.openapi import TIME
from web.paging import CURSOR_SCHEMA, LIMIT_SCHEMA, cut
from web.requires import requires

PARAMETERS = [
    OpenApiParameter("of", enum=["tenant", "platform"], description="platform: operators only"),
    OpenApiParameter("user", description="Username"),
    OpenApiParameter("action", description="Such as `sensor.update`, or a prefix that ends with a dot: `sensor.`"),
    OpenApiParameter("target", description="Id of what was changed"),
    OpenApiParameter("start", TIME, description="From this moment on"),
    OpenApiParameter("end", TIME, description="Before this moment"),
    OpenApiParameter("limit", LIMIT_SCHEMA),
    OpenApiParameter("cursor", CURSOR_SCHEMA),
]  # fmt: skip


@requires(scope=None, tenant=False)
class AuditView(APIView):
    @extend_schema(
        operation_id="audit_list", tags=["access"], summary="Who changed what, newest first",
        parameters=PARAMETERS, responses=AuditList,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        entries = trail.of_platform() if _wants_platform(request) else trail.of_tenant(_tenant_id(request))
        rows, more = cut(plain(request), trail.matching(entries, _filter(request)), lambda row: str(row.pk))
        return Response({"results": [present.audit_entry(row) for row in rows], "next": more})


def _wants_platform(request: Request) -> bool:
    caller, of = caller_of(request), request.GET.get("of", "")
    if of not in ("", "tenant", "platform"):
        raise BadRequest(f"of={of} is neither tenant nor platform.", slug="bad-parameter", parameter="of")
    may = caller.operator and scopes.OPERATE in caller.scopes
    if of == "platform" and not may:
        raise Forbidden("Only the platform's operators see its audit trail.")
    return of == "platform" or (not of and may and getattr(request, "tenant", None) is None)


def _tenant_id(request: Request) -> str:
    tenant, caller = tenant_of(request), caller_of(request)
    if caller.role is not Role.admin:
        raise Forbidden("Only the tenant's admins see its audit trail.")
    if scopes.READ not in caller.scopes:
        raise Forbidden("This token may not do this: it lacks the scope “read”.")
    return tenant.id


def _filter(request: Request) -> trail.Filter:
    cursor = request.GET.get("cursor")
    if cursor is not None and not (cursor.isdecimal() and len(cursor) < 19):
        raise BadRequest(f"cursor={cursor} is not a cursor of this list.", slug="bad-cursor", parameter="cursor")
    return trail.Filter(
        user=request.GET.get("user", ""),
        action=request.GET.get("action", ""),
        target=request.GET.get("target", ""),
        since=_moment(request, "start"),
        until=_moment(request, "end"),
        before_id=int(cursor) if cursor is not None else None,
    )


def _moment(request: Request, name: str) -> datetime | None:
    text = request.GET.get(name)
    return datetime.fromtimestamp(parse_time(text, name) / 1000, UTC) if text else None
