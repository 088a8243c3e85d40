"""Retention settings and horizons as they are stored: raw samples before a site's horizon are gone."""

from __future__ import annotations

from typing import Any

from kernel.tenancy import TenantConnection
from web.stores import documents, marks

COLLECTION = "retention"
LOCK = "ladder-work"  # whoever repairs a tenant's ladder holds it


def load_horizons(tenant: TenantConnection) -> None:
    """After Redis lost them."""
    for kept in documents(tenant).find(COLLECTION):
        if "raw_from" in kept:
            marks().set_horizon(tenant.prefix, kept["_id"], kept["raw_from"])


def change_retention(tenant: TenantConnection, id: str, **fields: Any) -> None:
    database = documents(tenant)
    if database.get(COLLECTION, id) is None:
        database.insert(COLLECTION, {"_id": id, **fields})
    else:
        database.change(COLLECTION, id, lambda kept: {**kept, **fields})
