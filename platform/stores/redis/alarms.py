"""Alarms of all tenants: their states, timers, what was seen last, and transitions on their way to the journal."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

from stores.redis import alarm_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.entries import weight_of
from stores.redis.errors import decoded, translated
from stores.redis.numbers import parse_count
from stores.redis.streams import ALL_WAITING, STREAM, WAITING
from stores.redis.writer_identity import own_identity

_REVISION = struct.Struct(">I")
_FED = (scripts.FEED, scripts.SINKS)
MAX_PER_QUESTION = 1_000


class StoredState(Struct, frozen=True, gc=False):
    """`revision`: another one after each change, and none that a state of the tenant had before."""

    revision: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class NewState:
    """`revision`: that which it was made from, 0 if that was plainly normal; `payload` None: plainly normal, so that
    nothing is kept.
    """

    key: str
    revision: int
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class LateRange:
    """Late samples of a target; epoch ms, the end included. `noted`: when the first of them came."""

    target: str
    start: int
    end: int
    noted: int


@dataclass(slots=True)
class Step:
    """What changes in one step. `evaluated`: ranges that need not be looked at again, unless they grew; `begun`: such
    with more steps to follow, and then `noted` 1 ms later. Nothing is done if one of them is evaluated already.
    `timers`: when each is due (epoch ms); None: it is removed. `transitions` are entries of the journal, which get
    their numbers when they are committed: consecutive ones, of 15 digits. `raised`: of those of them that tell people
    of an alarm, when it was raised (epoch ms) and at which site.
    """

    states: list[NewState] = field(default_factory=list)
    timers: dict[str, int | None] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)
    late: list[LateRange] = field(default_factory=list)
    evaluated: list[LateRange] = field(default_factory=list)
    begun: list[LateRange] = field(default_factory=list)
    transitions: list[bytes] = field(default_factory=list)
    raised: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passed:
    """Entries of the queue that a step has evaluated: the cursor as it was, as it will be, and their ids."""

    before: str
    after: str
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Committed:
    """`first`: the number of the first transition; `revision`: of the new states. Nothing was done unless `outcome` is
    "ok": the cursor has "moved", the lease is "lost", the tenant is "gone", too much waits ("full"), one of the ranges
    is "evaluated" already, or the states of `changed` have changed.
    """

    outcome: Literal["ok", "moved", "lost", "gone", "full", "evaluated", "changed"]
    first: int = 0
    revision: int = 0
    changed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A transition on its way to the journal."""

    id: str
    number: int
    weight: int
    payload: bytes


class Alarms:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str, own: bool = False) -> None:
        """`own`: in a tenant's pod, whose Redis user has that tenant's keys only (ADR 0039)."""
        self._crowd = () if own else (ALL_WAITING,)
        self._redis: Any = redis_client(url)
        self._commit = self._redis.register_script(scripts.COMMIT)
        self._bounded_commit = self._redis.register_script(scripts.BOUNDED_COMMIT)
        self._delivered = self._redis.register_script(scripts.DELIVERED)
        self._states = self._redis.register_script(scripts.STATES)
        self._set_snapshot = self._redis.register_script(scripts.SET_SNAPSHOT)

    def commit(
        self,
        prefix: str,
        step: Step,
        passed: Passed | None = None,
        leased: bool = False,
        max_waiting: int | None = None,
    ) -> Committed:
        """All of the step, or nothing. `leased`: only while this process has the evaluator's lease. `max_waiting`: the
        weight that may wait when it is done, if it has transitions; then it is also refused when Redis is full.
        """
        before, after, ids = (passed.before, passed.after, passed.ids) if passed else ("", "", ())
        weights = [weight_of(payload, 1) for payload in step.transitions]
        room = "" if max_waiting is None else max(0, max_waiting - sum(weights))
        arguments: list[Any] = [before, after, own_identity() if leased else "", room]
        evaluated = [*((late, "") for late in step.evaluated), *((late, "1") for late in step.begun)]
        parts = (ids, step.states, step.timers, step.seen, step.late, evaluated, step.transitions, step.raised)
        arguments += map(len, parts)
        arguments += ids
        for state in step.states:
            arguments += (state.key, state.revision, state.payload or b"")
        for member, due in step.timers.items():
            arguments += (member, "" if due is None else due)
        for target, packed in step.seen.items():
            arguments += (target, packed)
        for late in step.late:
            arguments += (late.target, late.start, late.end, late.noted)
        for late, more in evaluated:
            arguments += (late.target, late.start, late.end, late.noted, more)
        for weight, payload in zip(weights, step.transitions, strict=True):
            arguments += (weight, payload)
        for t, site in step.raised:
            arguments += (t, site)
        commit = self._commit if max_waiting is None else self._bounded_commit
        with translated("storing the states of alarms"):
            outcome, *rest = commit(keys=[*_commit_keys(prefix), *self._crowd], args=arguments)
        if outcome == b"ok":
            return Committed("ok", int(rest[0]) + 1, int(rest[1]))
        return Committed(outcome.decode(), changed=[key.decode() for key in rest])

    # States

    def states(self, prefix: str, keys: Sequence[str]) -> dict[str, StoredState]:
        """Those of the alarms that are not plainly normal."""
        found: dict[str, StoredState] = {}
        with decoded("reading the states of alarms"):
            for start in range(0, len(keys), MAX_PER_QUESTION):
                some = keys[start : start + MAX_PER_QUESTION]
                kept = self._redis.hmget(prefix + scripts.STATE, some)
                found |= {key: _state(each) for key, each in zip(some, kept, strict=True) if each}
        return found

    def all_states(self, prefix: str) -> tuple[int, dict[str, StoredState]]:
        """All alarms that are not plainly normal, and the number of the last transition of them."""
        with decoded("reading the states of alarms"):
            number, words = self._states(keys=[prefix + scripts.STATE, prefix + scripts.NUMBER])
            pairs = zip(words[::2], words[1::2], strict=True)
            return parse_count(number), {key.decode(): _state(kept) for key, kept in pairs}

    def raised(self, prefix: str) -> list[tuple[int, str]]:
        """When alarms were raised of which people were told (epoch ms), and at which site (an id; empty: none), in
        order: those of the last day, at most MAX_RAISED.
        """
        with decoded("reading when alarms were raised"):
            found = self._redis.zrange(prefix + scripts.RAISED, 0, -1, withscores=True)
            return [(int(t), member.decode().partition(" ")[2]) for member, t in found]

    # Timers

    def due(self, prefix: str, now: int, limit: int) -> list[tuple[str, int]]:
        """Timers that are due, the earliest first, with the time at which they were."""
        with translated("reading timers of alarms"):
            found = self._redis.zrangebyscore(prefix + scripts.TIMERS, "-inf", now, 0, limit, withscores=True)
        return [(member.decode(), int(due)) for member, due in found]

    def next_dues(self, prefixes: Sequence[str]) -> list[int | None]:
        """Of each tenant; None also where a pod has put something else in its place."""
        if not prefixes:
            return []
        with translated("reading timers of alarms"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.zrange(prefix + scripts.TIMERS, 0, 0, withscores=True)
            replies = pipe.execute(raise_on_error=False)
        dues = [found[0][1] if found and isinstance(found, list) else math.inf for found in replies]
        return [int(due) if math.isfinite(due) else None for due in dues]

    def timers(self, prefix: str) -> dict[str, int]:
        """All of them."""
        with translated("reading timers of alarms"):
            found = self._redis.zrange(prefix + scripts.TIMERS, 0, -1, withscores=True)
        return {member.decode(): int(due) for member, due in found}

    # What was seen

    def seen(self, prefix: str) -> dict[str, bytes]:
        """Of all targets, as it was packed."""
        with translated("reading what alarms have seen"):
            return {target.decode(): packed for target, packed in self._redis.hgetall(prefix + scripts.SEEN).items()}

    def forget_seen(self, prefix: str, targets: Sequence[str]) -> None:
        if targets:
            with translated("removing what alarms have seen"):
                self._redis.hdel(prefix + scripts.SEEN, *targets)

    # Late samples

    def late(self, prefix: str) -> list[LateRange]:
        """A day or more apart, and at most MAX_LATE_RANGES of each target."""
        with decoded("reading the ranges of late samples"):
            found = self._redis.hgetall(prefix + scripts.LATE)
            return [each for target, packed in found.items() for each in _late(target.decode(), packed)]

    def with_late(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants that have some."""
        with translated("looking for late samples"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.exists(prefix + scripts.LATE)
            return [prefix for prefix, there in zip(prefixes, pipe.execute(), strict=True) if there]

    # The way to the journal

    def outgoing(self, prefix: str, limit: int) -> list[Outgoing]:
        """Transitions that are not in the journal yet, oldest first."""
        with decoded("reading transitions of alarms"):
            found = self._redis.xrange(prefix + scripts.OUTBOX, count=limit)
            return [
                Outgoing(id.decode(), int(fields[b"n"]), int(fields[b"w"]), fields[b"d"])
                for id, fields in found
                if fields
            ]

    def outgoing_count(self, prefix: str) -> int:
        with translated("counting transitions of alarms"):
            return int(self._redis.xlen(prefix + scripts.OUTBOX))

    def set_delivered(self, prefix: str, delivered: Sequence[Outgoing]) -> None:
        """They are in the journal. Can be repeated."""
        words = [word for each in delivered for word in (each.id, each.weight)]
        if words:
            with translated("removing transitions of alarms"):
                self._delivered(keys=[prefix + scripts.OUTBOX, prefix + WAITING, *self._crowd], args=words)

    def with_outgoing(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants that have some; not those where a pod has put something else in its place."""
        with translated("looking for transitions of alarms"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.xlen(prefix + scripts.OUTBOX)
            replies = pipe.execute(raise_on_error=False)
        return [
            prefix
            for prefix, number in zip(prefixes, replies, strict=True)
            if not isinstance(number, Exception) and number
        ]

    def number(self, prefix: str) -> int:
        """That of the last transition."""
        with translated("reading the number of transitions"):
            return parse_count(self._redis.get(prefix + scripts.NUMBER))

    def snapshots(self, prefixes: Sequence[str]) -> list[tuple[int, int, int]]:
        """Of each tenant: when its last snapshot was (epoch ms), the last transition that it has, and the last one.
        Zeros where a pod has put something else in its place.
        """
        with translated("reading when journals had snapshots"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.hmget(prefix + scripts.SNAPSHOT, ["at", "number"])
                pipe.get(prefix + scripts.NUMBER)
            replies = pipe.execute(raise_on_error=False)
        found: list[tuple[int, int, int]] = []
        for last, number in zip(replies[::2], replies[1::2], strict=True):
            at, written = (None, None) if isinstance(last, Exception) else last
            found.append(
                (parse_count(at), parse_count(written), 0 if isinstance(number, Exception) else parse_count(number))
            )
        return found

    def set_snapshot(self, prefix: str, at: int, number: int) -> None:
        with translated("noting a snapshot"):
            self._set_snapshot(keys=[prefix + scripts.SNAPSHOT, dropped(prefix)], args=[at, number])


def _state(kept: bytes) -> StoredState:
    (revision,) = _REVISION.unpack_from(kept)
    return StoredState(revision, kept[_REVISION.size :])


def _late(target: str, packed: bytes) -> list[LateRange]:
    words = [tuple(map(int, part.split())) for part in packed.split(b";")]
    return [LateRange(target, start, end, noted) for start, end, noted in words]


def _commit_keys(prefix: str) -> list[str]:
    queue = [prefix + name for name in (scripts.CURSOR, STREAM, scripts.STORED, scripts.STORED_WEIGHT, WAITING)]
    names = (scripts.STATE, scripts.TIMERS, scripts.SEEN, scripts.OUTBOX, scripts.NUMBER, scripts.LATE)
    more = (scripts.EVALUATOR, scripts.REVISION, scripts.RAISED, *_FED)
    return [*queue, dropped(prefix), *(prefix + name for name in (*names, *more))]
