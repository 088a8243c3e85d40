"""What this package must know of schematics: another package fills it, `config` connects them."""

from __future__ import annotations

from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class Schematics(Protocol):
    def site_of(self, tenant: TenantConnection, id: str) -> str | None:
        """The id of its site; None if there is no such schematic."""

    def sensors(self, tenant: TenantConnection, id: str, at: int) -> list[str]:
        """The sensors on it at `at` (epoch ms). Empty if it did not exist."""


schematics = Seam[Schematics]("schematics")
