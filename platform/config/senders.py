"""Connects sources, which are the data plane's, with the API tokens that send to them, which only `access` knows."""

from __future__ import annotations

from collections.abc import Collection

from access.operations.tokens import tokens_for
from kernel.tenancy import TenantConnection


class TenantTokens:
    """Implements `ingest.source_admin.credentials.TokenDirectory`."""

    def known(self, tenant: TenantConnection, ids: Collection[str]) -> frozenset[str]:
        return frozenset(tokens_for(tenant.id, ids).values_list("id", flat=True))
