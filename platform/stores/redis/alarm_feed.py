"""Transitions of alarms on their way to a tenant's sinks, each of which has a place of its own in them (ADR 95)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from stores.redis import alarm_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import decoded, translated
from stores.redis.numbers import parse_count
from stores.redis.writer_identity import has_ended, own_identity

LEASE_MS = 60_000  # longer than one batch takes


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a sink has published. `id`: the place in the feed; `count`: how many were added to it until then;
    `number`: of the last transition, None where an older version has not noted it.
    """

    id: str
    count: int
    number: int | None

    @property
    def text(self) -> str:
        return f"{self.id} {self.count}" + ("" if self.number is None else f" {self.number}")


@dataclass(frozen=True, slots=True)
class FedTransition:
    """`id`: its place in the feed; `number`: counts the tenant's transitions, `count` those of the feed."""

    id: str
    number: int
    count: int
    payload: bytes

    @property
    def mark(self) -> Mark:
        return Mark(self.id, self.count, self.number)


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The next ones of a sink. `missing`: how many before them are in the journal only, as too many waited."""

    mark: Mark
    transitions: Sequence[FedTransition]
    missing: int


class AlarmFeed:
    """Keys of a tenant begin with its `prefix`. `Alarms.commit` adds to the feed in the step that makes a transition,
    as long as the tenant has sinks here; at most MAX_FEED wait here, older ones are in the journal.
    """

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._enroll = self._redis.register_script(scripts.ENROLL_SINKS)
        self._published = self._redis.register_script(scripts.PUBLISHED)
        self._acquire = self._redis.register_script(scripts.ACQUIRE)
        self._release = self._redis.register_script(scripts.RELEASE)

    def enroll(self, prefix: str, sinks: Sequence[str]) -> None:
        """These and no others have the feed, new ones what comes from now on. Can be repeated."""
        names = (scripts.SINKS, scripts.FEED, scripts.SINK_STATES, scripts.NUMBER)
        with translated("enrolling sinks of alarms"):
            self._enroll(keys=[*(prefix + name for name in names), dropped(prefix)], args=list(sinks))

    def waiting(self, prefixes: Sequence[str]) -> dict[str, list[str]]:
        """By tenant the sinks that have something to publish; not those where a pod has put something else there."""
        with translated("looking for transitions of alarms to publish"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.hgetall(prefix + scripts.SINKS)
                pipe.xrevrange(prefix + scripts.FEED, count=1)
            replies = pipe.execute(raise_on_error=False)
        found: dict[str, list[str]] = {}
        for prefix, marks, last in zip(prefixes, replies[::2], replies[1::2], strict=True):
            if isinstance(marks, Exception) or isinstance(last, Exception) or not last:
                continue
            newest = _place(last[0][0])
            behind = [sink for sink, mark in _sinks(marks).items() if newest > _place(mark.partition(b" ")[0])]
            if behind:
                found[prefix] = behind
        return found

    def next(self, prefix: str, sink: str, limit: int) -> Unpublished | None:
        """The oldest that it has not published; None if there is none, or the sink is not enrolled."""
        with decoded("reading transitions of alarms to publish"):
            stored = self._redis.hget(prefix + scripts.SINKS, sink)
            if stored is None:
                return None
            mark = _mark(stored)
            found = [
                FedTransition(each.decode(), int(fields[b"n"]), int(fields[b"c"]), fields[b"d"])
                for each, fields in self._redis.xrange(prefix + scripts.FEED, f"({mark.id}", count=limit)
            ]
            return Unpublished(mark, found, max(0, found[0].count - mark.count - 1)) if found else None

    def set_published(self, prefix: str, sink: str, mark: Mark) -> bool:
        """It has published up to there. False if it is no longer enrolled."""
        keys = [prefix + scripts.SINKS, prefix + scripts.FEED]
        with translated("noting what a sink has published"):
            return bool(self._published(keys=keys, args=[sink, mark.text]))

    def backlog(self, prefix: str) -> dict[str, int]:
        """How many transitions wait for each sink."""
        with decoded("counting transitions of alarms to publish"):
            marks = self._redis.hgetall(prefix + scripts.SINKS)
            added = parse_count(marks.get(scripts.FED.encode()))
            return {sink: max(0, added - _mark(mark).count) for sink, mark in _sinks(marks).items()}

    # How sinks do

    def states(self, prefix: str) -> dict[str, bytes]:
        with translated("reading the states of sinks"):
            return {sink.decode(): state for sink, state in self._redis.hgetall(prefix + scripts.SINK_STATES).items()}

    def set_state(self, prefix: str, sink: str, state: bytes) -> None:
        """Of an enrolled one."""
        with translated("noting the state of a sink"):
            if self._redis.hexists(prefix + scripts.SINKS, sink):
                self._redis.hset(prefix + scripts.SINK_STATES, sink, state)

    # Who publishes

    def acquire(self, prefix: str) -> bool:
        """Take or keep the right to publish the tenant's alarms. False if another process has it."""
        key, arguments = [prefix + scripts.PUBLISHER], cast(list[str | int], [own_identity(), LEASE_MS])
        with translated("taking the publisher's lease"):
            if self._acquire(keys=key, args=arguments):
                return True
            held: bytes | None = self._redis.get(key[0])
            if held is None or not has_ended(held.decode(errors="replace")):
                return False
            self._release(keys=key, args=[held])
            return bool(self._acquire(keys=key, args=arguments))


def _sinks(marks: dict[bytes, bytes]) -> dict[str, bytes]:
    return {sink.decode(): mark for sink, mark in marks.items() if sink != scripts.FED.encode()}


def _mark(stored: bytes) -> Mark:
    id, count, *number = stored.decode().split(" ")
    return Mark(id, int(count), int(number[0]) if number else None)


def _place(id: bytes) -> tuple[int, int]:
    ms, _, sequence = id.partition(b"-")
    return parse_count(ms), parse_count(sequence)
