"""When alerts of other systems ended last: one that is delivered late raises nothing again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.tenancy import TenantConnection
from kernel.times import DAY
from web.stores import documents

ENDINGS = "alert_endings"
RETENTION_MS = 30 * DAY


def read(tenant: TenantConnection, fingerprints: Sequence[str]) -> dict[str, int]:
    """Epoch ms, of those that ever ended."""
    return {id: int(document["t"]) for id, document in _documents(tenant, fingerprints).items()}


def note(tenant: TenantConnection, ended: Mapping[str, int]) -> None:
    """Times that are later than those that are known."""
    if not ended:
        return
    database = documents(tenant)
    with database.exclusive(ENDINGS):
        known = _documents(tenant, list(ended))
        database.replace_many(
            ENDINGS, [{**document, "t": ended[id]} for id, document in known.items() if ended[id] > document["t"]]
        )
        database.insert_many(ENDINGS, [{"_id": id, "t": t} for id, t in ended.items() if id not in known])


def _documents(tenant: TenantConnection, fingerprints: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {str(each["_id"]): each for each in documents(tenant).get_many(ENDINGS, fingerprints)}


def purge(tenant: TenantConnection, now: int) -> None:
    """Those that ended long ago."""
    documents(tenant).delete_many(ENDINGS, {"t": {"$lt": now - RETENTION_MS}})
