"""Which sources a tenant has. `config` provides it: only `ingest` knows."""

from __future__ import annotations

from typing import Protocol

from kernel.tenancy import TenantConnection


class Sources(Protocol):
    def require(self, tenant: TenantConnection, id: str) -> None:
        """Raises NotFound."""


_sources: Sources | None = None


def set_sources(value: Sources) -> None:
    global _sources
    _sources = value


def sources() -> Sources:
    if _sources is None:
        raise RuntimeError("No sources: config's AppConfig sets them.")
    return _sources
