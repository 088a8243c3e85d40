"""The pieces of an installation that are copied while it runs: SQLite files and Redis keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec
from django.conf import settings

from stores.redis.client import redis_client
from stores.redis.marks import RUN_KEY

BUSY_S = 30.0
SCAN_BATCH_SIZE = 500
GONE = -2  # what PTTL says of a key that is not there
LADDER_RUN = b":" + RUN_KEY.encode()


class Key(msgspec.Struct, frozen=True, array_like=True):
    """One Redis key as DUMP gives it; `expires_ms` is 0 where it does not expire."""

    name: bytes
    expires_ms: int
    value: bytes


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy, taken while others read and write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_S)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def dump_keys(prefixes: Iterable[str], path: Path) -> int:
    """Every key below the prefixes into a file. How many."""
    client = redis_client(settings.REDIS_URL, BUSY_S)
    count = 0
    with path.open("wb") as file:
        for prefix in prefixes:
            for name in client.scan_iter(match=f"{prefix}*", count=SCAN_BATCH_SIZE):
                left_ms = client.pttl(name)  # first: what ends in between must not come back for good
                if (value := client.dump(name)) is not None and left_ms != GONE:
                    encoded = msgspec.msgpack.encode(Key(name, max(0, left_ms), value))
                    file.write(len(encoded).to_bytes(4, "big") + encoded)
                    count += 1
    return count


def restore_keys(path: Path) -> int:
    """The keys of the file, in place of those of the same name. How many.

    But for the run of each ladder's marks: samples are copied after the keys, so marks that belong to them may lack.
    Without its run all of a ladder is built anew.
    """
    client = redis_client(settings.REDIS_URL, BUSY_S)
    count = 0
    with path.open("rb") as file:
        while size := file.read(4):
            key = msgspec.msgpack.decode(file.read(int.from_bytes(size, "big")), type=Key)
            if key.name.endswith(LADDER_RUN):
                continue
            client.restore(key.name, key.expires_ms, key.value, replace=True)
            count += 1
    return count
