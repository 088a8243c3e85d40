"""Samples and latest values of what the catalog deletes go first, so that a killed delete can be repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.tenancy import TenantConnection
from stores.timeseries.statements import literal
from web.stores import marks, streams, writer

PER_STATEMENT = 200


def forget(tenant: TenantConnection, site: str, removed: Mapping[str, Sequence[str]], **_: Any) -> None:
    """A receiver of `catalog.signals.removing`. Unavailable, which stops the delete, if a store is down."""
    sensors = removed.get("sensors", ())
    everything = f"DELETE FROM /^{site}(\\..+)?$/"  # raw and every rung
    if removed.get("sites"):
        writer(tenant).execute(everything)
    else:
        for start in range(0, len(sensors), PER_STATEMENT):
            them = " OR ".join(f'"sensor" = {literal(id)}' for id in sensors[start : start + PER_STATEMENT])
            writer(tenant).execute(f"{everything} WHERE {them}")
    streams().drop_latest(tenant.prefix, list(sensors))
    marks().drop(tenant.prefix, list(sensors))
