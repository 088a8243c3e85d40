"""Which API tokens a tenant has, which only the package of credentials knows; `config` connects it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from kernel.tenancy import TenantConnection


class TokenDirectory(Protocol):
    def known(self, tenant: TenantConnection, ids: Collection[str]) -> frozenset[str]:
        """Those of the ids that are of tokens with which somebody can send to the tenant."""


_directory: TokenDirectory | None = None


def set_token_directory(value: TokenDirectory) -> None:
    global _directory
    _directory = value


def token_directory() -> TokenDirectory:
    if _directory is None:
        raise RuntimeError("No directory of tokens: config's AppConfig sets it.")
    return _directory
