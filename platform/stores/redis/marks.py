"""The parts of the ladder that have to be rebuilt: for each sensor the marked buckets and ranges, with generations.

A mark is cleared only at the generation at which it was read, so samples that arrived meanwhile are never missed.
Times are ms; buckets and ranges lie on the sensor's finest rung.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import redis

from stores.redis import mark_scripts as scripts
from stores.redis import questions
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import translated
from stores.redis.questions import Question, question

Spans = Mapping[str, Sequence[tuple[int, int]]]  # by sensor: start and end (not included), ms
EPOCH_KEY = "ladder:run"  # below the tenant's prefix; named so since 0.1
BATCH_SIZE = 500  # sensors in one script: Redis serves nobody else meanwhile
Queue = Literal["due_buckets", "backfill_ranges"]
OLD_QUEUES = ("due", "far")  # their names in 0.1, whose processes may still write them; removed in 0.3


@dataclass(frozen=True, slots=True)
class Mark:
    """A bucket or a range of buckets to rebuild, `start` up to `end`."""

    start: int
    end: int
    generation: int


@dataclass(frozen=True, slots=True)
class SensorMarks:
    """`finest`: width (ms) of the sensor's finest rung, 0 if it has no ladder; `kind`: the recipe of its rows.

    `times`: how often it was marked so far, cleared marks included.
    `late`: the generation of the last mark of a bucket that had been closed for long.
    """

    finest: int
    kind: str
    buckets: tuple[Mark, ...] = ()
    ranges: tuple[Mark, ...] = ()
    times: int = 0
    late: int = 0


NO_LADDER = SensorMarks(0, "")


@dataclass(frozen=True, slots=True)
class LadderState:
    """`epoch` identifies this set of marks; empty if Redis lost them, in which case no stored row can be trusted.

    `horizons`: by site, the moment before which raw samples are gone.
    """

    epoch: str
    horizons: dict[str, int]
    sensors: dict[str, SensorMarks]


@dataclass(frozen=True, slots=True)
class LadderCounts:
    """How many sensors have a ladder (`enrolled`), buckets that can be repaired now, ranges."""

    epoch: str
    enrolled: int
    due_buckets: int
    backfill_ranges: int


class Marks:
    """The marks of all tenants. `prefix`: the tenant's."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._redis: Any = redis_client(url)
        self._mark = self._redis.register_script(scripts.MARK)
        self._clear = self._redis.register_script(scripts.CLEAR)
        self._overdue = self._redis.register_script(scripts.OVERDUE)
        self._counts = self._redis.register_script(scripts.COUNTS)
        self._enroll = self._redis.register_script(scripts.ENROLL)
        self._drop = self._redis.register_script(scripts.DROP)

    def mark(self, prefix: str, spans: Spans, now_ms: int) -> None:
        """Mark the buckets that the spans touch, for sensors that have a ladder."""
        sensors = list(spans)
        with translated("marking the ladder"):
            for place in range(0, len(sensors), BATCH_SIZE):
                some = {sensor: spans[sensor] for sensor in sensors[place : place + BATCH_SIZE]}
                self._mark(keys=[dropped(prefix)], args=[prefix, now_ms, *mark_arguments(some)])

    def state(self, prefix: str, sensors: Sequence[str]) -> LadderState:
        """The sensors' rungs and marks, all as of one moment."""
        with translated("reading the ladder's marks"):
            [[reply]] = questions.ask(self._url, [state_question(prefix, sensors)])
        return state_in(reply, sensors)

    def due_buckets(self, prefix: str, now_ms: int, limit: int) -> list[str]:
        """Sensors with buckets that are to be repaired by now, the longest overdue first."""
        return self._sensors_of("due_buckets", prefix, now_ms, limit)

    def backfill_ranges(self, prefix: str, now_ms: int, limit: int) -> list[str]:
        """Sensors with ranges that are to be repaired by now, the longest overdue first."""
        return self._sensors_of("backfill_ranges", prefix, now_ms, limit)

    def with_work(self, prefixes: Sequence[str], now_ms: int) -> list[str]:
        """The tenants that have anything to repair by now."""
        with translated("looking for marks"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                for queue in (*get_args(Queue), *OLD_QUEUES):
                    pipe.zcount(f"{prefix}ladder:{queue}", "-inf", now_ms)
            counts = iter([_count(answer) for answer in pipe.execute(raise_on_error=False)])
        return [prefix for prefix, *found in zip(prefixes, counts, counts, counts, counts, strict=True) if any(found)]

    def clear(
        self,
        prefix: str,
        sensor: str,
        finest: int,
        buckets: Iterable[Mark] = (),
        ranges: Iterable[tuple[Mark, tuple[int, int] | None]] = (),
        now_ms: int = 0,
    ) -> None:
        """Clear marks that still have the generation given. A part of a range may remain; it keeps its generation."""
        arguments: list[Any] = []
        for mark in buckets:
            arguments += ("b", mark.start, mark.generation, "")
        for mark, rest in ranges:
            arguments += ("r", f"{mark.start}:{mark.end}", mark.generation, f"{rest[0]}:{rest[1]}" if rest else "")
        with translated("clearing marks"):
            self._clear(args=[prefix, sensor, finest, now_ms, *arguments])

    def clear_buckets(
        self, prefix: str, finest: int, buckets: Iterable[tuple[str, Iterable[Mark]]], now_ms: int
    ) -> None:
        """As `clear`, for several sensors in one round trip."""
        with translated("clearing marks"):
            pipe = self._redis.pipeline(transaction=False)
            for sensor, its in buckets:
                arguments = [word for mark in its for word in ("b", mark.start, mark.generation, "")]
                self._clear(args=[prefix, sensor, finest, now_ms, *arguments], client=pipe)
            pipe.execute()

    def enroll(self, prefix: str, ladders: Mapping[str, tuple[int, str]], span: tuple[int, int], now_ms: int) -> None:
        """Give sensors a ladder (finest width, kind) and mark all of `span`; earlier marks are dropped."""
        sensors = list(ladders)
        with translated("starting ladders"):
            for place in range(0, len(sensors), BATCH_SIZE):
                batch = sensors[place : place + BATCH_SIZE]
                arguments = [f"{sensor} {ladders[sensor][0]} {ladders[sensor][1]}" for sensor in batch]
                self._enroll(keys=[dropped(prefix)], args=[prefix, now_ms, f"{span[0]}:{span[1]}", *arguments])

    def enrolled(self, prefix: str) -> dict[str, tuple[int, str]]:
        """Finest width and kind of every sensor that has a ladder; width 0: it needs none."""
        with translated("reading the ladders"):
            found = self._redis.hgetall(prefix + "ladder:finest")
        return {sensor.decode(): _ladder(value) for sensor, value in found.items()}

    def drop(self, prefix: str, sensors: Sequence[str]) -> None:
        """Forget sensors that were deleted."""
        with translated("dropping marks"):
            for place in range(0, len(sensors), BATCH_SIZE):
                self._drop(args=[prefix, *sensors[place : place + BATCH_SIZE]])

    def epoch(self, prefix: str) -> str:
        """The epoch set by `set_epoch`; empty if Redis lost it."""
        with translated("reading the ladder's epoch"):
            return bytes(self._redis.get(prefix + EPOCH_KEY) or b"").decode()

    def set_epoch(self, prefix: str, epoch: str) -> None:
        """Declare that the marks belong to this epoch from now on."""
        with translated("setting the ladder's epoch"):
            if not self._redis.exists(dropped(prefix)):
                self._redis.set(prefix + EPOCH_KEY, epoch)

    def set_horizon(self, prefix: str, site: str, raw_from: int | None) -> None:
        """Record that raw samples of the site before this time have been deleted; None: none have."""
        with translated("setting a horizon"):
            if raw_from is None:
                self._redis.hdel(prefix + "ladder:horizon", site)
            elif not self._redis.exists(dropped(prefix)):
                self._redis.hset(prefix + "ladder:horizon", site, int(raw_from))  # BSON has an int type of its own

    def forget_epoch(self, prefix: str) -> None:
        """Have everything marked again, as stored rows may not match the marks."""
        with translated("forgetting the ladder's epoch"):
            self._redis.delete(prefix + EPOCH_KEY)

    def counts(self, prefix: str, now_ms: int) -> LadderCounts:
        with translated("counting marks"):
            epoch, enrolled, due_buckets, backfill_ranges = self._counts(args=[prefix, now_ms])
        return LadderCounts(epoch.decode(), enrolled, due_buckets, backfill_ranges)

    def _sensors_of(self, queue: Queue, prefix: str, now_ms: int, limit: int) -> list[str]:
        with translated("looking for marks"):
            found = self._overdue(args=[prefix, queue, now_ms, limit])
        return [sensor.decode() for sensor in found]


def state_question(prefix: str, sensors: Sequence[str]) -> Question:
    """Asks for what `state_in` reads. The whole script is sent, as Redis may have forgotten it."""
    return question(("EVAL", scripts.STATE, 0, prefix, *sensors))


def state_in(reply: Any, sensors: Sequence[str]) -> LadderState:
    """The sensors' rungs and marks, all as of one moment."""
    epoch, horizons, *rows = reply
    return LadderState(
        epoch.decode(),
        {site.decode(): int(ms) for site, ms in zip(horizons[::2], horizons[1::2], strict=True)},
        {sensor: _read(row) for sensor, row in zip(sensors, rows, strict=True)},
    )


def mark_arguments(spans: Spans) -> list[Any]:
    """Spans as arguments of a script: how many arguments follow, then sensor, number of spans, starts and ends…"""
    arguments: list[Any] = []
    for sensor, given in spans.items():
        arguments += (sensor, len(given))
        for span in given:
            arguments += span
    return [len(arguments), *arguments]


def _count(reply: Any) -> int:
    """A key to which a tenant's pod gave another type counts as empty, so that it does not affect other tenants."""
    if isinstance(reply, redis.ResponseError) and str(reply).startswith("WRONGTYPE"):
        return 0
    if isinstance(reply, Exception):
        raise reply
    return int(reply)


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
        int(row[3]),
        int(row[4]),
    )


def _ladder(value: bytes) -> tuple[int, str]:
    finest, _, kind = value.decode().partition(" ")
    return int(finest), kind
