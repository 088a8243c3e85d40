"""Deliveries of notifications of all tenants: planned in one step, claimed, repeated and ended (ADR 93)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import msgspec

from stores.redis import alarm_scripts
from stores.redis import delivery_scripts as scripts
from stores.redis.alarms import Outgoing
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.entries import weight_of
from stores.redis.errors import decoded, translated
from stores.redis.streams import ALL_WAITING, WAITING
from stores.redis.writer_identity import has_ended, own_identity

LEASE_MS = 10_000
MAX_WAITING = 50_000  # deliveries of a tenant

Action = Sequence[str]  # as `delivery_scripts.APPLY` takes them


@dataclass(frozen=True, slots=True)
class Moved:
    """Entries of the outbox were planned: the position as it was, and as it will be."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer was due then. `done`: how many of what is gathered under it."""

    member: str
    due: int
    done: int = 0


@dataclass(frozen=True, slots=True)
class DueTimer:
    """`payload`: of an escalation; of gathered alarms how many more than could be kept, if any."""

    member: str
    due: int
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """`due`: when it is looked at next; None: it has ended."""

    id: str
    payload: bytes
    progress: bytes
    due: int | None = None


class Deliveries:
    """Keys of a tenant begin with its `prefix`. Times are epoch ms."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._apply = self._redis.register_script(scripts.APPLY)
        self._set_progress = self._redis.register_script(scripts.SET_PROGRESS)
        self._finish = self._redis.register_script(scripts.FINISH)
        self._purge = self._redis.register_script(scripts.PURGE)
        self._acquire = self._redis.register_script(alarm_scripts.ACQUIRE)
        self._release = self._redis.register_script(alarm_scripts.RELEASE)

    # Planning

    def unplanned(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants whose outbox has entries after their position."""
        with translated("looking for transitions to plan"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.xrevrange(prefix + alarm_scripts.OUTBOX, count=1)
                pipe.get(prefix + scripts.POSITION)
            replies = pipe.execute(raise_on_error=False)
        return [
            prefix
            for prefix, last, position in zip(prefixes, replies[::2], replies[1::2], strict=True)
            if isinstance(last, list) and last and last[0][0] != position
        ]

    def entries(self, prefix: str, limit: int) -> tuple[str, list[Outgoing]]:
        """The position, and the outbox's next entries after it."""
        with decoded("reading transitions to plan"):
            position = (self._redis.get(prefix + scripts.POSITION) or b"").decode()
            start = f"({position}" if position else "-"
            found = self._redis.xrange(prefix + alarm_scripts.OUTBOX, start, count=limit)
            return position, [
                Outgoing(id.decode(), int(fields[b"n"]), int(fields[b"w"]), fields[b"d"])
                for id, fields in found
                if fields
            ]

    def recent(self, prefix: str, period: int) -> dict[str, int]:
        """How many messages each route has made in the period that began then."""
        with decoded("reading the number of messages"):
            found = self._redis.hgetall(prefix + scripts.RECENT)
            counts = {route.decode(): tuple(map(int, kept.split())) for route, kept in found.items()}
            return {route: number for route, (began, number) in counts.items() if began == period}

    def apply(
        self,
        prefix: str,
        cause: Moved | Fired,
        actions: Iterable[Action],
        max_gathered: int,
        max_waiting: int = MAX_WAITING,
    ) -> tuple[Literal["ok", "moved", "gone"], int]:
        """All of the actions, or nothing: somebody else has planned this, or the tenant is gone. Also how many
        deliveries were left out, as too many wait.
        """
        if isinstance(cause, Moved):
            words: list[Any] = ["position", cause.before, cause.after, 0]
        else:
            words = ["timer", cause.due, cause.member, cause.done]
        names = (scripts.DELIVERIES, scripts.PROGRESS, scripts.DUE, scripts.CREATED, scripts.TIMERS, scripts.LATER)
        rest = (scripts.ESCALATING, scripts.RECENT, scripts.GATHERED, scripts.OPEN)
        keys = [prefix + scripts.POSITION, dropped(prefix), *(prefix + name for name in (*names, *rest))]
        arguments = [*words, max_waiting, max_gathered, msgspec.json.encode(list(actions))]
        with translated("planning notifications"):
            outcome, left_out = self._apply(keys=keys, args=arguments)
        return cast(Literal["ok", "moved", "gone"], outcome.decode()), int(left_out)

    def due_timers(self, prefix: str, now: int, limit: int) -> list[DueTimer]:
        """The earliest first."""
        with decoded("reading timers of notifications"):
            found = self._redis.zrangebyscore(prefix + scripts.TIMERS, "-inf", now, 0, limit, withscores=True)
            if not found:
                return []
            payloads = self._redis.hmget(prefix + scripts.LATER, [member for member, _ in found])
        return [
            DueTimer(member.decode(), int(due), payload) for (member, due), payload in zip(found, payloads, strict=True)
        ]

    def gathered(self, prefix: str, member: str, limit: int) -> list[bytes]:
        with translated("reading gathered alarms"):
            found: list[bytes] = self._redis.lrange(prefix + scripts.GATHERED + member, 0, limit - 1)
        return found

    # Sending

    def with_due(self, prefixes: Sequence[str], now: int) -> list[str]:
        """The tenants of which a delivery or a timer is due."""
        with translated("looking for notifications that are due"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.zrangebyscore(prefix + scripts.DUE, "-inf", now, 0, 1)
                pipe.zrangebyscore(prefix + scripts.TIMERS, "-inf", now, 0, 1)
            replies = pipe.execute(raise_on_error=False)
        return [
            prefix
            for prefix, one, other in zip(prefixes, replies[::2], replies[1::2], strict=True)
            if any(isinstance(found, list) and found for found in (one, other))
        ]

    def due(self, prefix: str, now: int, limit: int) -> list[StoredDelivery]:
        """The earliest first."""
        with translated("reading deliveries that are due"):
            found = self._redis.zrangebyscore(prefix + scripts.DUE, "-inf", now, 0, limit, withscores=True)
        dues = {id.decode(): int(due) for id, due in found}
        return self._read(prefix, dues)

    def set_progress(self, prefix: str, id: str, before: bytes, after: bytes, due: int) -> bool:
        """False: somebody else was faster."""
        with translated("noting the progress of a delivery"):
            keys = [prefix + scripts.PROGRESS, prefix + scripts.DUE]
            return bool(self._set_progress(keys=keys, args=[id, before, after, due]))

    def finish(
        self, prefix: str, id: str, before: bytes, after: bytes, kept: bytes, transitions: Sequence[bytes]
    ) -> bool:
        """It has ended, with these transitions for the journal. False: somebody else was faster."""
        words: list[Any] = [id, before, after, kept, len(transitions)]
        for payload in transitions:
            words += (weight_of(payload, 1), payload)
        names = (scripts.DELIVERIES, scripts.PROGRESS, scripts.DUE, scripts.OPEN)
        outbox = (alarm_scripts.OUTBOX, alarm_scripts.NUMBER, WAITING)
        keys = [*(prefix + name for name in names), dropped(prefix), *(prefix + name for name in outbox), ALL_WAITING]
        with translated("ending a delivery"):
            return bool(self._finish(keys=keys, args=words))

    def acquire(self, prefix: str) -> bool:
        """Take or keep the lease of the tenant's notifier; call it every few seconds. False if another has it."""
        key, arguments = [prefix + scripts.NOTIFIER], cast(list[str | int], [own_identity(), LEASE_MS])
        with translated("taking the notifier's lease"):
            if self._acquire(keys=key, args=arguments):
                return True
            held: bytes | None = self._redis.get(key[0])
            if held is None or not has_ended(held.decode(errors="replace")):
                return False
            self._release(keys=key, args=[held])
            return bool(self._acquire(keys=key, args=arguments))

    # Looking back

    def page(self, prefix: str, before: str | None, limit: int) -> list[tuple[int, StoredDelivery]]:
        """Up to `limit` that come before that one, the newest first, each with when it was created; from the newest if
        there is none of that id.
        """
        with translated("reading deliveries"):
            rank = self._redis.zrevrank(prefix + scripts.CREATED, before) if before is not None else None
            start = 0 if rank is None else rank + 1
            found = self._redis.zrevrange(prefix + scripts.CREATED, start, start + limit - 1, withscores=True)
        times = {id.decode(): int(created) for id, created in found}
        return [(times[each.id], each) for each in self._read(prefix, dict.fromkeys(times))]

    def oldest(self, prefix: str, limit: int) -> tuple[int, list[tuple[str, int]]]:
        """How many there are, and when the oldest were created."""
        with translated("reading old deliveries"):
            number = int(self._redis.zcard(prefix + scripts.CREATED))
            found = self._redis.zrange(prefix + scripts.CREATED, 0, limit - 1, withscores=True)
        return number, [(id.decode(), int(created)) for id, created in found]

    def purge(self, prefix: str, ids: Sequence[str]) -> int:
        """Those of them that have ended; how many. Can be repeated."""
        if not ids:
            return 0
        names = (scripts.DELIVERIES, scripts.PROGRESS, scripts.DUE, scripts.CREATED)
        with translated("removing old deliveries"):
            return int(self._purge(keys=[prefix + name for name in names], args=list(ids)))

    def _read(self, prefix: str, dues: Mapping[str, int | None]) -> list[StoredDelivery]:
        if not dues:
            return []
        with translated("reading deliveries"):
            payloads = self._redis.hmget(prefix + scripts.DELIVERIES, list(dues))
            progress = self._redis.hmget(prefix + scripts.PROGRESS, list(dues))
        return [
            StoredDelivery(id, payload, state, due)
            for (id, due), payload, state in zip(dues.items(), payloads, progress, strict=True)
            if payload is not None and state is not None
        ]
