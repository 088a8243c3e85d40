"""What annotations and dashboards must know of schematics."""

from __future__ import annotations

from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from twin import queries, repository
from twin.versions import sensors_of


class StoredSchematics:
    """Implements `workspace.schematics.Schematics`."""

    def site_of(self, tenant: TenantConnection, id: str) -> str | None:
        try:
            return repository.get(tenant, id).site
        except NotFound:
            return None

    def sensors(self, tenant: TenantConnection, id: str, at: int) -> list[str]:
        try:
            return sensors_of(queries.read(tenant, id, at).drawing)
        except NotFound:
            return []
