"""Tells the tenant's viewers that something of its work has changed."""

from __future__ import annotations

from typing import Literal

from kernel.tenancy import TenantConnection
from web.stream import WORKSPACE, publish


def announce(tenant: TenantConnection, kind: Literal["cases", "maintenance-plans", "campaigns"], id: str) -> None:
    publish(tenant, WORKSPACE, kind=kind, id=id)
