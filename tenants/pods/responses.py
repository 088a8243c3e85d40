"""What a tenant's pods may know of it: names, addresses and limits, never a credential."""

from __future__ import annotations

from tenants import queries
from tenants.models import Tenant
from web.pods.messages import TenantResponse, TenantUnavailable


def tenant_response(tenant: Tenant) -> TenantResponse:
    unavailable = queries.why_unavailable(tenant)
    return TenantResponse(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        disk=tenant.disk,
        limits=tenant.limit_values,
        influx_url=tenant.endpoints.get("http", ""),
        stores=queries.stores_samples(tenant),
        unavailable=TenantUnavailable.of(unavailable) if unavailable else None,
    )
