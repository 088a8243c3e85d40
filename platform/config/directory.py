"""Tenants for those who have no request: the relational table, as the data plane may see it."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from tenants import queries


class RelationalDirectory:
    """Implements `web.directory.Directory`. Always asks the table: a worker lives long, a tenant may not."""

    def by_slug(self, slug: str) -> TenantConnection | None:
        return queries.connection_by_slug(slug)

    def all(self) -> list[TenantConnection]:
        return queries.connections()
