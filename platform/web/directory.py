"""Tenants for code without a request: workers and commands. `config` provides it."""

from __future__ import annotations

from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class Directory(Protocol):
    def by_slug(self, slug: str) -> TenantConnection | None:
        """The ready tenant of that slug."""

    def all(self) -> list[TenantConnection]:
        """Every tenant whose data plane is up."""


directory = Seam[Directory]("the directory of tenants")
