"""Removing a tenant, and the mark that it was."""

from __future__ import annotations

from typing import Any

from stores.redis.writer_lease import READY

DROPPED_S = 3600  # how long a dropped tenant's keys cannot reappear; ids are never reused
BATCH = 500


def dropped(prefix: str) -> str:
    """This key exists while a dropped tenant's keys must not come back."""
    return f"{prefix}dropped"


def drop_keys(client: Any, prefix: str) -> int:
    """Mark the tenant as dropped and remove its other keys; how many. ValueError if the prefix names no tenant."""
    if not prefix.strip(":*"):
        raise ValueError("an empty prefix would drop every tenant")
    client.set(dropped(prefix), 1, ex=DROPPED_S)
    client.zrem(READY, prefix)
    removed, batch = 0, list[bytes]()
    for key in client.scan_iter(match=_literal(prefix) + "*", count=1000):
        if key != dropped(prefix).encode():
            batch.append(key)
        if len(batch) == BATCH:
            removed += client.unlink(*batch)
            batch.clear()
    return removed + (client.unlink(*batch) if batch else 0)


def _literal(text: str) -> str:
    """`text` as a glob pattern, every special character escaped."""
    return "".join(f"\\{character}" if character in "*?[]\\^-" else character for character in text)
