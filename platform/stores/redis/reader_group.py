"""The writers' group, in which each entry of a tenant's stream has one reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis

from stores.redis import stream_scripts as scripts
from stores.redis.dropped import dropped
from stores.redis.entries import Entry, entries_of, next_id

GROUP, CONSUMER = "writer", "writer"


class ReaderGroup:
    """`stream`: what its key is called below a tenant's prefix. A missing stream and its group are created."""

    def __init__(self, client: Any, stream: str) -> None:
        self._redis, self._stream = client, stream
        self._make_group = client.register_script(scripts.GROUP)

    def read(self, prefix: str, count: int) -> list[Entry]:
        """Entries that nobody has read."""

        def ask() -> list[Entry]:
            reply = self._redis.xreadgroup(GROUP, CONSUMER, {prefix + self._stream: ">"}, count=count)
            return entries_of(reply[0][1]) if reply else []

        return self._grouped(prefix, ask)

    def claim(self, prefix: str, count: int, after: str, idle_ms: int) -> list[Entry]:
        """Entries after that id that were read at least so long ago and not committed."""

        def ask() -> list[Entry]:
            reply = self._redis.xautoclaim(
                prefix + self._stream, GROUP, CONSUMER, min_idle_time=idle_ms, start_id=next_id(after), count=count
            )
            return entries_of(reply[1])

        return self._grouped(prefix, ask)

    def _grouped(self, prefix: str, ask: Callable[[], list[Entry]]) -> list[Entry]:
        """`ask`, and once more after creating the stream and its group if they were missing."""
        try:
            return ask()
        except redis.ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
        if self._redis.exists(dropped(prefix)):
            return []
        try:
            self._make_group(keys=[prefix + self._stream], args=[GROUP])
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        return ask()
