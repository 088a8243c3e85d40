"""How far the evaluator of alarms and the way to the journal are, of all tenants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stores.redis import alarm_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.numbers import parse_count
from stores.redis.streams import STREAM


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Of a tenant; times in epoch ms. `alarms`: those that are not plainly normal. `evaluator`: who has the lease;
    empty: nobody. `unevaluated`: when the oldest entry of the queue came that its rules have not read; `timer`: when
    the next one is due. `journal`: how many transitions wait for InfluxDB, and since when the oldest does. None: there
    is none.
    """

    alarms: int
    has_rules: bool
    evaluator: str
    unevaluated: int | None
    timer: int | None
    journal: int
    journal_since: int | None


class AlarmFiguresReader:
    """A tenant's pods may write anything below its prefix: what is not ours counts as nothing."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def of(self, prefixes: Sequence[str]) -> list[AlarmFigures]:
        if not prefixes:
            return []
        with translated("reading figures of alarms"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.hlen(prefix + scripts.STATE).get(prefix + scripts.CURSOR).get(prefix + scripts.EVALUATOR)
                pipe.zrange(prefix + scripts.TIMERS, 0, 0, withscores=True)
                pipe.xlen(prefix + scripts.OUTBOX).xrange(prefix + scripts.OUTBOX, count=1)
            replies = [_known(reply) for reply in pipe.execute(raise_on_error=False)]
            rows = [replies[first : first + 6] for first in range(0, len(replies), 6)]
            unevaluated = self._unevaluated(prefixes, [row[1] for row in rows])
        return [
            AlarmFigures(
                alarms=alarms or 0,
                has_rules=cursor is not None,
                evaluator=evaluator.decode(errors="replace") if evaluator else "",
                unevaluated=since,
                timer=_ms(timers[0][1]) if timers else None,
                journal=waiting or 0,
                journal_since=_came(outgoing[0][0]) if outgoing else None,
            )
            for (alarms, cursor, evaluator, timers, waiting, outgoing), since in zip(rows, unevaluated, strict=True)
        ]

    def _unevaluated(self, prefixes: Sequence[str], cursors: Sequence[bytes | None]) -> list[int | None]:
        asked = [
            (prefix, cursor.decode(errors="replace"))
            for prefix, cursor in zip(prefixes, cursors, strict=True)
            if cursor
        ]
        pipe = self._redis.pipeline(transaction=False)
        for prefix, cursor in asked:
            pipe.xrange(prefix + STREAM, f"({cursor}", count=1)
        found = [_known(reply) for reply in pipe.execute(raise_on_error=False)]
        came = {prefix: _came(entries[0][0]) for (prefix, _), entries in zip(asked, found, strict=True) if entries}
        return [came.get(prefix) for prefix in prefixes]


def _known(reply: Any) -> Any:
    return None if isinstance(reply, Exception) else reply


def _came(id: bytes) -> int:
    return parse_count(id.partition(b"-")[0])


def _ms(score: float) -> int | None:
    return int(score) if abs(score) < 2**53 else None
