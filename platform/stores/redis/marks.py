"""What of the ladder has to be built anew: per sensor the marked buckets and ranges, each with its generation.

A mark is cleared only at the generation at which it was read, so that what came meanwhile is never taken for done.
Times are ms; buckets and ranges lie on the sensor's finest rung.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import redis

from stores.redis import mark_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.keys import dropped

Spans = Mapping[str, Sequence[tuple[int, int]]]  # by sensor: start and end (not included), ms
RUN_KEY = "ladder:run"  # below the tenant's prefix
AT_ONCE = 500  # sensors in one script: Redis serves nobody else meanwhile


@dataclass(frozen=True, slots=True)
class Mark:
    """`start` up to `end` is to be built anew; of one bucket, or of a range of them."""

    start: int
    end: int
    generation: int


@dataclass(frozen=True, slots=True)
class SensorMarks:
    """`finest`: width of the sensor's finest rung in ms, 0 if it has no ladder; `kind`: what its rows are made for."""

    finest: int
    kind: str
    buckets: tuple[Mark, ...] = ()
    ranges: tuple[Mark, ...] = ()


NO_LADDER = SensorMarks(0, "")


@dataclass(frozen=True, slots=True)
class LadderState:
    """`run`: names the life of the marks; empty if Redis lost them, and then nothing that is stored can be trusted.

    `horizons`: by site the moment before which raw samples are gone.
    """

    run: str
    horizons: dict[str, int]
    sensors: dict[str, SensorMarks]


@dataclass(frozen=True, slots=True)
class LadderCounts:
    """`adopted` sensors have a ladder; `due` ones have buckets that could be repaired now, `far` ones have ranges."""

    run: str
    adopted: int
    due: int
    far: int


class Marks:
    """Every method raises Unavailable if Redis is down. `prefix` is the tenant's."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._mark = self._redis.register_script(scripts.MARK)
        self._state = self._redis.register_script(scripts.STATE)
        self._clear = self._redis.register_script(scripts.CLEAR)
        self._adopt = self._redis.register_script(scripts.ADOPT)
        self._drop = self._redis.register_script(scripts.DROP)

    def mark(self, prefix: str, spans: Spans, now_ms: int) -> None:
        """Mark the buckets that the spans touch, of those sensors that have a ladder."""
        sensors = list(spans)
        with translated("marking the ladder"):
            for place in range(0, len(sensors), AT_ONCE):
                some = {sensor: spans[sensor] for sensor in sensors[place : place + AT_ONCE]}
                self._mark(keys=[dropped(prefix)], args=[prefix, now_ms, *mark_words(some)])

    def state(self, prefix: str, sensors: Sequence[str]) -> LadderState:
        """The sensors' rungs and marks, all as of one moment."""
        with translated("reading the ladder's marks"):
            run, horizons, *rows = self._state(args=[prefix, *sensors])
        return LadderState(
            run.decode(),
            {site.decode(): int(ms) for site, ms in zip(horizons[::2], horizons[1::2], strict=True)},
            {sensor: _read(row) for sensor, row in zip(sensors, rows, strict=True)},
        )

    def due(self, prefix: str, now_ms: int, most: int) -> list[str]:
        """Up to `most` sensors with buckets that are to be repaired by now, longest overdue first."""
        return self._overdue(prefix + "ladder:due", now_ms, most)

    def far(self, prefix: str, now_ms: int, most: int) -> list[str]:
        """Up to `most` sensors with ranges that are to be repaired by now, longest left alone first."""
        return self._overdue(prefix + "ladder:far", now_ms, most)

    def with_work(self, prefixes: Sequence[str], now_ms: int) -> list[str]:
        """Those of the tenants that have anything to repair by now."""
        with translated("looking for marks"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.zcount(prefix + "ladder:due", "-inf", now_ms).zcount(prefix + "ladder:far", "-inf", now_ms)
            found = [_count(answer) for answer in pipe.execute(raise_on_error=False)]
        return [prefix for prefix, near, far in zip(prefixes, found[::2], found[1::2], strict=True) if near or far]

    def clear(
        self,
        prefix: str,
        sensor: str,
        finest: int,
        buckets: Iterable[Mark] = (),
        ranges: Iterable[tuple[Mark, tuple[int, int] | None]] = (),
        now_ms: int = 0,
    ) -> None:
        """Clear marks that still have the generation given; a range may leave a rest, which keeps its generation."""
        words: list[Any] = []
        for mark in buckets:
            words += ("b", mark.start, mark.generation, "")
        for mark, rest in ranges:
            words += ("r", f"{mark.start}:{mark.end}", mark.generation, f"{rest[0]}:{rest[1]}" if rest else "")
        with translated("clearing marks"):
            self._clear(args=[prefix, sensor, finest, now_ms, *words])

    def adopt(self, prefix: str, ladders: Mapping[str, tuple[int, str]], span: tuple[int, int], now_ms: int) -> None:
        """Give sensors a ladder (finest width, kind), with all of `span` to be built; what they had is forgotten."""
        sensors = list(ladders)
        with translated("beginning ladders"):
            for place in range(0, len(sensors), AT_ONCE):
                words = [f"{sensor} {ladders[sensor][0]} {ladders[sensor][1]}" for sensor in sensors[place:][:AT_ONCE]]
                self._adopt(keys=[dropped(prefix)], args=[prefix, now_ms, f"{span[0]}:{span[1]}", *words])

    def adopted(self, prefix: str) -> dict[str, tuple[int, str]]:
        """Finest width and kind of every sensor that has a ladder; width 0: it needs none."""
        with translated("reading the ladders"):
            found = self._redis.hgetall(prefix + "ladder:finest")
        return {sensor.decode(): _ladder(value) for sensor, value in found.items()}

    def drop(self, prefix: str, sensors: Sequence[str]) -> None:
        """Forget sensors that were deleted."""
        with translated("dropping marks"):
            for place in range(0, len(sensors), AT_ONCE):
                self._drop(args=[prefix, *sensors[place : place + AT_ONCE]])

    def run(self, prefix: str) -> str:
        """What `set_run` named; empty if Redis lost it."""
        with translated("asking for the ladder's run"):
            return bytes(self._redis.get(prefix + RUN_KEY) or b"").decode()

    def set_run(self, prefix: str, run: str) -> None:
        """From now on the marks are those of this run."""
        with translated("naming the ladder's run"):
            if not self._redis.exists(dropped(prefix)):
                self._redis.set(prefix + RUN_KEY, run)

    def set_horizon(self, prefix: str, site: str, raw_from: int | None) -> None:
        """Raw samples of the site before this moment are gone; None: all are there."""
        with translated("keeping a horizon"):
            if raw_from is None:
                self._redis.hdel(prefix + "ladder:horizon", site)
            elif not self._redis.exists(dropped(prefix)):
                self._redis.hset(prefix + "ladder:horizon", site, int(raw_from))  # documents answer an int of their own

    def forget_run(self, prefix: str) -> None:
        """What is stored may differ from what the marks say: everything is to be marked."""
        with translated("forgetting the ladder's run"):
            self._redis.delete(prefix + RUN_KEY)

    def counts(self, prefix: str, now_ms: int) -> LadderCounts:
        with translated("counting marks"):
            pipe = self._redis.pipeline(transaction=False)
            pipe.get(prefix + RUN_KEY).hlen(prefix + "ladder:finest")
            pipe.zcount(prefix + "ladder:due", "-inf", now_ms).zcard(prefix + "ladder:far")
            run, adopted, due, far = pipe.execute()
        return LadderCounts((run or b"").decode(), adopted, due, far)

    def _overdue(self, key: str, now_ms: int, most: int) -> list[str]:
        with translated("looking for marks"):
            found = self._redis.zrangebyscore(key, "-inf", now_ms, start=0, num=most)
        return [sensor.decode() for sensor in found]


def mark_words(spans: Spans) -> list[Any]:
    """Spans as arguments of a script: how many words follow, then sensor, number of spans, starts and ends…"""
    words: list[Any] = []
    for sensor, given in spans.items():
        words += (sensor, len(given))
        for span in given:
            words += span
    return [len(words), *words]


def _count(answer: Any) -> int:
    """What a tenant's pod has made of another kind counts nothing, and holds up no other tenant."""
    if isinstance(answer, redis.ResponseError) and str(answer).startswith("WRONGTYPE"):
        return 0
    if isinstance(answer, Exception):
        raise answer
    return int(answer)


def _read(row: Any) -> SensorMarks:
    if not row:
        return NO_LADDER
    finest, kind = _ladder(row[0])
    buckets = [(int(start), int(float(gen))) for start, gen in zip(row[1][::2], row[1][1::2], strict=True)]
    ranges = [(member.split(b":"), int(float(gen))) for member, gen in zip(row[2][::2], row[2][1::2], strict=True)]
    return SensorMarks(
        finest,
        kind,
        tuple(Mark(start, start + finest, gen) for start, gen in buckets),
        tuple(Mark(int(start), int(end), gen) for (start, end), gen in ranges),
    )


def _ladder(value: bytes) -> tuple[int, str]:
    finest, _, kind = value.decode().partition(" ")
    return int(finest), kind
