"""Tenants for code without a request: workers and commands. `config` provides it."""

from __future__ import annotations

from typing import Protocol

from kernel.tenancy import TenantConnection


class Directory(Protocol):
    def by_slug(self, slug: str) -> TenantConnection | None:
        """The ready tenant of that slug."""

    def all(self) -> list[TenantConnection]:
        """Every tenant whose data plane is up."""


_directory: Directory | None = None


def set_directory(value: Directory) -> None:
    global _directory
    _directory = value


def directory() -> Directory:
    if _directory is None:
        raise RuntimeError("No tenant directory: config's AppConfig sets it.")
    return _directory
