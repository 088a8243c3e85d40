"""How far notifications and sinks of alarms are, of all tenants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stores.redis import alarm_scripts, delivery_scripts
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.numbers import parse_count


@dataclass(frozen=True, slots=True)
class OutgoingFigures:
    """Of a tenant; times in epoch ms, None: nothing waits. `deliveries`: how many have not ended, and when the oldest
    of them was planned; `due`: when the next one is to be looked at. `transitions`: how many its sinks have not
    published, one that two have not counted twice; `fed`: when the oldest of those came.
    """

    deliveries: int
    planned: int | None
    due: int | None
    transitions: int
    fed: int | None


class OutgoingFiguresReader:
    """A tenant's pods may write anything below its prefix: what is not ours counts as nothing."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def of(self, prefixes: Sequence[str]) -> list[OutgoingFigures]:
        if not prefixes:
            return []
        with translated("reading figures of notifications and sinks"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.zcard(prefix + delivery_scripts.DUE)
                pipe.zrange(prefix + delivery_scripts.OPEN, 0, 0, withscores=True)
                pipe.zrange(prefix + delivery_scripts.DUE, 0, 0, withscores=True)
                pipe.hgetall(prefix + alarm_scripts.SINKS)
            replies = [None if isinstance(reply, Exception) else reply for reply in pipe.execute(raise_on_error=False)]
            rows = [replies[first : first + 4] for first in range(0, len(replies), 4)]
            fed = self._fed(prefixes, [_oldest_mark(row[3] or {}) for row in rows])
        return [
            OutgoingFigures(
                deliveries=waiting or 0,
                planned=_ms(planned),
                due=_ms(due),
                transitions=_unpublished(marks or {}),
                fed=since,
            )
            for (waiting, planned, due, marks), since in zip(rows, fed, strict=True)
        ]

    def _fed(self, prefixes: Sequence[str], marks: Sequence[str | None]) -> list[int | None]:
        asked = [(prefix, mark) for prefix, mark in zip(prefixes, marks, strict=True) if mark is not None]
        pipe = self._redis.pipeline(transaction=False)
        for prefix, mark in asked:
            pipe.xrange(prefix + alarm_scripts.FEED, f"({mark}", count=1)
        replies = pipe.execute(raise_on_error=False)
        came = {
            prefix: parse_count(reply[0][0].partition(b"-")[0])
            for (prefix, _), reply in zip(asked, replies, strict=True)
            if isinstance(reply, list) and reply
        }
        return [came.get(prefix) for prefix in prefixes]


def _sinks(marks: dict[bytes, bytes]) -> list[bytes]:
    return [mark for sink, mark in marks.items() if sink != alarm_scripts.FED.encode()]


def _oldest_mark(marks: dict[bytes, bytes]) -> str | None:
    """Of the sink that is furthest behind."""
    places = [tuple(map(parse_count, mark.partition(b" ")[0].split(b"-", 1))) for mark in _sinks(marks)]
    return "-".join(map(str, min(places))) if places and all(len(place) == 2 for place in places) else None


def _unpublished(marks: dict[bytes, bytes]) -> int:
    added = parse_count(marks.get(alarm_scripts.FED.encode()))
    return sum(max(0, added - parse_count(b"".join(mark.split(b" ")[1:2]))) for mark in _sinks(marks))


def _ms(found: list[tuple[bytes, float]] | None) -> int | None:
    return int(found[0][1]) if found and abs(found[0][1]) < 2**53 else None
