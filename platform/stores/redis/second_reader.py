"""The queue's second reader, alarms: it reads each entry whether or not the writer has stored it (ADR 92)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import redis

from stores.redis import alarm_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.entries import Entry, entries_of
from stores.redis.errors import translated
from stores.redis.streams import ALL_WAITING, STREAM, WAITING
from stores.redis.writer_identity import has_ended, own_identity

LEASE_MS = 10_000
QUEUE_TYPES = (b"stream", b"none")


class SecondReader:
    """A tenant with a cursor keeps its entries until the cursor has passed them: `alarms.commit` moves it."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._start = self._redis.register_script(scripts.START)
        self._stop = self._redis.register_script(scripts.STOP)
        self._acquire = self._redis.register_script(scripts.ACQUIRE)
        self._release = self._redis.register_script(scripts.RELEASE)

    def start(self, prefix: str) -> str:
        """The cursor: the id of the last entry that was evaluated. A new one begins before all that waits. Empty if the
        tenant was dropped.
        """
        with translated("starting to read samples for alarms"):
            cursor: bytes = self._start(keys=[prefix + scripts.CURSOR, dropped(prefix)])
        return cursor.decode()

    def stop(self, prefix: str) -> int:
        """Remove the cursor, and the entries that are stored and were kept for it. Returns how many."""
        names = (scripts.CURSOR, STREAM, scripts.STORED, scripts.STORED_WEIGHT, WAITING)
        with translated("ending to read samples for alarms"):
            return int(self._stop(keys=[*(prefix + name for name in names), ALL_WAITING]))

    def with_cursor(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants that have one."""
        if not prefixes:
            return []
        with translated("looking for cursors"):
            found = self._redis.mget([prefix + scripts.CURSOR for prefix in prefixes])
        return [prefix for prefix, cursor in zip(prefixes, found, strict=True) if cursor]

    def read(self, prefix: str, after: str, count: int) -> list[Entry]:
        """Up to `count` entries after that id, oldest first."""
        with translated("reading samples for alarms"):
            return entries_of(self._redis.xrange(prefix + STREAM, f"({after}", count=count))

    def wait(self, cursors: Mapping[str, str], timeout_s: float) -> list[str]:
        """Tenants, given with their cursors, that have entries after them, or in whose queue's place a pod has put
        something else; waits for the first.
        """
        keys = {(prefix + STREAM).encode(): prefix for prefix in cursors}
        streams = {prefix + STREAM: cursor for prefix, cursor in cursors.items()}
        with translated("waiting for samples"):
            try:
                found = self._redis.xread(streams, count=1, block=max(1, round(timeout_s * 1000)))
            except redis.ResponseError:
                if broken := self._without_queue(cursors):
                    return broken
                raise
        return [keys[key] for key, _ in found]

    def _without_queue(self, prefixes: Iterable[str]) -> list[str]:
        pipe = self._redis.pipeline(transaction=False)
        for prefix in prefixes:
            pipe.type(prefix + STREAM)
        return [prefix for prefix, type_ in zip(prefixes, pipe.execute(), strict=True) if type_ not in QUEUE_TYPES]

    def acquire(self, prefix: str) -> bool:
        """Take or keep the lease of the tenant's evaluator; call it every few seconds. False if another has it."""
        key, arguments = [prefix + scripts.EVALUATOR], cast(list[str | int], [own_identity(), LEASE_MS])
        with translated("taking the evaluator's lease"):
            if self._acquire(keys=key, args=arguments):
                return True
            held: bytes | None = self._redis.get(key[0])
            if held is None or not has_ended(held.decode(errors="replace")):
                return False
            self._release(keys=key, args=[held])
            return bool(self._acquire(keys=key, args=arguments))

    def release(self, prefix: str) -> None:
        with translated("releasing the evaluator's lease"):
            self._release(keys=[prefix + scripts.EVALUATOR], args=[own_identity()])
