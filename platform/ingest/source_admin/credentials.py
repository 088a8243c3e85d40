"""Which API tokens a tenant has, which only the package of credentials knows; `config` connects it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class TokenDirectory(Protocol):
    def known(self, tenant: TenantConnection, ids: Collection[str]) -> frozenset[str]:
        """Those of the ids that are of tokens with which somebody can send to the tenant."""


token_directory = Seam[TokenDirectory]("the directory of tokens")
