"""Tells the tenant's viewers that something that all of them see has changed."""

from __future__ import annotations

from typing import Literal, Protocol

from kernel.tenancy import TenantConnection
from web.stream import WORKSPACE, publish

Kind = Literal["annotations", "saved-views", "dashboards"]


class Shareable(Protocol):
    @property
    def shared(self) -> bool: ...


def announce(tenant: TenantConnection, kind: Kind, id: str) -> None:
    publish(tenant, WORKSPACE, kind=kind, id=id)


def announce_shared(tenant: TenantConnection, kind: Kind, id: str, *versions: Shareable) -> None:
    """Unless it was one person's before and after: nobody else is told that it exists."""
    if any(each.shared for each in versions):
        announce(tenant, kind, id)
