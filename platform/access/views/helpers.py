"""Helpers of the views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from access import scopes
from access.models import User
from access.resolution import Resolved
from kernel.errors import Forbidden, NotFound
from tenants.models import Tenant
from web.caller import caller_of, tenant_of
from web.paging import CURSOR_SCHEMA, LIMIT_SCHEMA

NO_AUTH: Any = [{}]  # in the OpenAPI schema: anybody may
PAGING = [
    OpenApiParameter("limit", LIMIT_SCHEMA, description="Page size, 1 to 1000; 100 by default"),
    OpenApiParameter("cursor", CURSOR_SCHEMA, description="Start of the page, from `next`"),
]


def plain(request: Request) -> HttpRequest:
    """The Django request inside DRF's."""
    inner: HttpRequest = request._request
    return inner


def body(request: Request, kind: type[Serializer[Any]]) -> dict[str, Any]:
    """The validated body."""
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def user_of(request: Request) -> User:
    """The caller's row."""
    user = User.objects.filter(pk=caller_of(request).user_id).first()
    if user is None:
        raise NotFound("This user no longer exists.")
    return user


def tenant_row(request: Request) -> Tenant:
    """The row of the tenant that the request is for."""
    return Tenant.objects.get(pk=tenant_of(request).id)


def resolved_of(request: Request) -> Resolved:
    resolved: Resolved = plain(request).resolved  # type: ignore[attr-defined]
    return resolved


def require_person(request: Request) -> None:
    """People and credentials are changed by people who are signed in, not by a pipeline's token."""
    if scopes.ACCOUNT not in caller_of(request).scopes:
        raise Forbidden("Sign in for this: a named token cannot manage people, tokens or passwords.")
