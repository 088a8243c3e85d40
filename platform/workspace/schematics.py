"""What this package must know of schematics: another package fills it, `config` connects them."""

from __future__ import annotations

from typing import Protocol

from kernel.tenancy import TenantConnection


class Schematics(Protocol):
    def site_of(self, tenant: TenantConnection, id: str) -> str | None:
        """The id of its site; None if there is no such schematic."""

    def sensors(self, tenant: TenantConnection, id: str, at: int) -> list[str]:
        """The sensors on it at `at` (epoch ms). Empty if it did not exist."""


_schematics: Schematics | None = None


def set_schematics(value: Schematics) -> None:
    """Call once per process."""
    global _schematics
    _schematics = value


def schematics() -> Schematics:
    if _schematics is None:
        raise RuntimeError("No schematics: config's AppConfig sets them.")
    return _schematics
