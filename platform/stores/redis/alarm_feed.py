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
class FedTransition:
    """`id`: its place in the feed; `number`: counts the tenant's transitions, `count` those of the feed."""

    id: str
    number: int
    count: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The next ones of a sink. `lost`: how many before them are gone, as too many waited."""

    transitions: Sequence[FedTransition]
    lost: int


class AlarmFeed:
    """Keys of a tenant begin with its `prefix`. `Alarms.commit` adds to the feed in the step that makes a transition,
    as long as the tenant has sinks here; at most MAX_FEED wait, then the oldest go.
    """

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._enroll = self._redis.register_script(scripts.ENROLL_SINKS)
        self._published = self._redis.register_script(scripts.PUBLISHED)
        self._acquire = self._redis.register_script(scripts.ACQUIRE)
        self._release = self._redis.register_script(scripts.RELEASE)

    def enroll(self, prefix: str, sinks: Sequence[str]) -> None:
        """These and no others have the feed, new ones what comes from now on. Can be repeated."""
        names = (scripts.SINKS, scripts.FEED, scripts.SINK_STATES)
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

    def next(self, prefix: str, sink: str, limit: int) -> Unpublished:
        """The oldest that it has not published; none for a sink that is not enrolled."""
        with decoded("reading transitions of alarms to publish"):
            mark = self._redis.hget(prefix + scripts.SINKS, sink)
            if mark is None:
                return Unpublished([], 0)
            id, _, count = mark.decode().partition(" ")
            found = [
                FedTransition(each.decode(), int(fields[b"n"]), int(fields[b"c"]), fields[b"d"])
                for each, fields in self._redis.xrange(prefix + scripts.FEED, f"({id}", count=limit)
            ]
            return Unpublished(found, max(0, found[0].count - int(count) - 1) if found else 0)

    def set_published(self, prefix: str, sink: str, last: FedTransition) -> bool:
        """It has published up to that one. False if it is no longer enrolled."""
        keys = [prefix + scripts.SINKS, prefix + scripts.FEED]
        with translated("noting what a sink has published"):
            return bool(self._published(keys=keys, args=[sink, f"{last.id} {last.count}"]))

    def backlog(self, prefix: str) -> dict[str, int]:
        """How many transitions wait for each sink."""
        with decoded("counting transitions of alarms to publish"):
            pipe = self._redis.pipeline(transaction=False)
            pipe.hgetall(prefix + scripts.SINKS).xlen(prefix + scripts.FEED)
            marks, kept = pipe.execute()
            added = parse_count(marks.get(scripts.FED.encode()))
            return {
                sink: min(kept, max(0, added - int(mark.partition(b" ")[2]))) for sink, mark in _sinks(marks).items()
            }

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


def _place(id: bytes) -> tuple[int, int]:
    ms, _, sequence = id.partition(b"-")
    return parse_count(ms), parse_count(sequence)
