"""How long a site's samples and rows are kept."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from kernel.times import EARLIEST


def raw_from(tenant: TenantConnection, site: str) -> int:
    """Raw samples before this moment are gone."""
    return EARLIEST
