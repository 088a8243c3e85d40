"""Tenants for code without a request, read from the relational table."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from tenants import queries


class RelationalDirectory:
    """Implements `web.directory.Directory`. Always queries the table: workers outlive tenants."""

    def by_slug(self, slug: str) -> TenantConnection | None:
        return queries.connection_by_slug(slug)

    def all(self) -> list[TenantConnection]:
        return queries.connections()
