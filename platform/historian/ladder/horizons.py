"""Stored retention settings and horizons. Raw samples before a site's horizon have been deleted."""

from __future__ import annotations

from typing import Any

from kernel.tenancy import TenantConnection
from web.stores import documents, marks

COLLECTION = "retention"
LOCK = "ladder-work"  # held by whoever repairs a tenant's ladder


def load_horizons(tenant: TenantConnection) -> None:
    """Restore the horizons in Redis after it lost them."""
    for kept in documents(tenant).find(COLLECTION):
        if "raw_from" in kept:
            marks().set_horizon(tenant.prefix, kept["_id"], kept["raw_from"])


def change_retention(tenant: TenantConnection, id: str, **fields: Any) -> None:
    database = documents(tenant)
    if database.get(COLLECTION, id) is None:
        database.insert(COLLECTION, {"_id": id, **fields})
    else:
        database.change(COLLECTION, id, lambda kept: {**kept, **fields})
