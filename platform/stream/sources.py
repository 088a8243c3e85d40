"""Which sources a tenant has. `config` provides it: only `ingest` knows."""

from __future__ import annotations

from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class Sources(Protocol):
    def require(self, tenant: TenantConnection, id: str) -> None:
        """Raises NotFound."""


sources = Seam[Sources]("sources of tenants")
