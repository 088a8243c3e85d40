"""What a tenant's pods may know of it: names, addresses and limits, never a credential."""

from __future__ import annotations

from tenants import queries
from tenants.models import Tenant
from web.pods.messages import Shut, TenantAnswer


def tenant_answer(tenant: Tenant) -> TenantAnswer:
    shut = queries.why_shut(tenant)
    return TenantAnswer(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        disk=tenant.disk,
        limits=tenant.limit_values,
        influx_url=tenant.endpoints.get("http", ""),
        stores=queries.stores_samples(tenant),
        shut=Shut.of(shut) if shut else None,
    )
