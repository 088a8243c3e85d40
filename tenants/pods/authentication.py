"""Which tenant's pod is calling. Pods connect directly: a request through a proxy is not from a pod (ADR 0040)."""

from __future__ import annotations

from django.http import HttpRequest

from kernel.errors import NotFound, Unauthorized
from tenants.models import Tenant
from tenants.pod_credentials import tenant_of_service_token
from web.pods.client import REVOKED

PROXY_HEADERS = ("HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
MAX_TOKEN = 200


def calling_tenant(request: HttpRequest) -> Tenant:
    """Raises NotFound if it came through a proxy, Unauthorized without a valid service token."""
    if any(name in PROXY_HEADERS or name.startswith("HTTP_X_FORWARDED") for name in request.META):
        raise NotFound(f"There is no address {request.path}.")
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    tenant = tenant_of_service_token(token.strip()) if scheme.lower() == "bearer" and len(token) <= MAX_TOKEN else None
    if tenant is None:
        raise Unauthorized("This address requires the service token of a tenant's pods.", slug=REVOKED)
    return tenant


def tenant_of_pod(request: HttpRequest) -> Tenant:
    """The tenant that the middleware authenticated."""
    tenant: Tenant = request.pod_tenant  # type: ignore[attr-defined]
    return tenant
