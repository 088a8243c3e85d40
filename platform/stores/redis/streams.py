"""The ingest streams and latest values of all tenants in one Redis."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis

from kernel.errors import NotFound, TooManyRequests, Unavailable
from kernel.tenancy import Limits, TenantConnection
from stores.redis import dead_letter_scripts
from stores.redis import dead_letters as dead
from stores.redis import stream_scripts as scripts
from stores.redis.changes import Guard
from stores.redis.client import redis_client
from stores.redis.dead_letters import Buried, DeadLetters
from stores.redis.deleted import DeletedSensors
from stores.redis.demand import Demand
from stores.redis.dropped import dropped
from stores.redis.errors import FULL_RETRY_S, translated
from stores.redis.latest import LATEST, Latest, LatestValues, pack_latest
from stores.redis.marks import Marks, Spans, mark_arguments
from stores.redis.writer_lease import READY_FOR_OWN, WriterLease

log = logging.getLogger(__name__)

GROUP, CONSUMER = "writer", "writer"
READY, ALL_WAITING = "plantrace:ingest:ready", "plantrace:ingest:waiting"
MAX_OVER_RATE = 1_000  # tenants remembered as being over their rate
BYTES_IN_MEMORY = 80  # maximum memory per unit of weight; measured: 66 to 80
BACKLOG_SHARE = 0.5  # of Redis's memory for all backlogs; the rest is reserved for everything else
BYTES_PER_SAMPLE = 64  # an entry weighs its samples, or its bytes in this unit if that is more (long texts)
CLOSED_S = 8  # renewed by the writer every 5 s while the backlog is too large
DEAD_LETTER_SHARE = 1 / 16  # of Redis's memory for one tenant's dead letters, whatever its limit says
DROPPED_S = 3600  # how long a dropped tenant's keys cannot reappear; ids are never reused
_STREAM, _WAITING, _BUCKET = "ingest", "ingest:waiting", "ingest:rate"
_CLOSED = "ingest:closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One appended payload, as read back."""

    id: str
    payload: bytes
    samples: int

    @property
    def weight(self) -> int:
        return weight_of(self.payload, self.samples)


def weight_of(payload: bytes, samples: int) -> int:
    return max(samples, math.ceil(len(payload) / BYTES_PER_SAMPLE))


class Streams:
    """All tenants' streams. Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str, max_backlog: int | None = None, own: bool = False) -> None:
        """`max_backlog`: the weight that may wait across all tenants; by default what half of Redis's memory holds.

        `own`: in a tenant's pod, whose Redis user has that tenant's keys only (ADR 0039).
        """
        self._max_backlog, self._own = max_backlog, own
        self._memory_bytes = 0
        self.dead_letters = DeadLetters(url)
        self.latest = LatestValues(url)
        self.deleted = DeletedSensors(url)
        self.marks = Marks(url)
        self.writer_lease = WriterLease(url)
        self.demand = Demand(url, own)
        self._redis: Any = redis_client(url)  # its annotations cover sync and async, so they say little
        self._append = self._redis.register_script(scripts.APPEND)
        self._over_rate: dict[str, tuple[int, float]] = {}  # by prefix: the rate, and until when nothing is accepted
        self._close = self._redis.register_script(scripts.CLOSE)
        self._correct = self._redis.register_script(scripts.CORRECT)
        self._make_group = self._redis.register_script(scripts.GROUP)
        self._commit = self._redis.register_script(scripts.COMMIT)
        self._bury = self._redis.register_script(dead_letter_scripts.BURY)

    # Appending

    def check_rate(self, tenant: TenantConnection) -> None:
        """TooManyRequests while the last answer of `append` in this process says that nothing is accepted yet.

        It does not ask Redis, so a sender over its rate costs others only its bytes; call it before parsing them.
        """
        rate, until = self._over_rate.get(tenant.prefix, (0, 0.0))
        wait_s = until - time.monotonic()
        if wait_s > 0 and rate == tenant.limits.samples_per_s:
            raise _over_rate(tenant, wait_s)

    def append(
        self,
        tenant: TenantConnection,
        entries: Sequence[tuple[int, bytes]],
        guard: Guard | None = None,
        buried: Buried = dead.NOTHING,
    ) -> str | None:
        """Append (samples, payload) entries and keep dead letters, all or none; they are on disk when this returns. The
        id of the last entry, empty if there is none; None, with nothing done, if the guard does not hold.

        Dead letters count towards the rate: they took as much to read. The thousand first ones are kept in the same
        step as the entries, more of them in further steps, which a kill or an error there may leave out.

        TooManyRequests over the tenant's rate, or when too much of it is waiting; Unavailable when too much is waiting
        across all tenants, or Redis is full; NotFound if the tenant was dropped.
        """
        prefix, limits = tenant.prefix, tenant.limits
        samples = sum(count for count, _ in entries) + len(buried)
        weight = sum(weight_of(payload, count) for count, payload in entries)
        max_backlog = "" if self._own else self.max_backlog()
        arguments: list[Any] = [prefix, weight, limits.stream_length, max_backlog, samples, limits.samples_per_s]
        arguments += (guard.epoch, guard.number) if guard else ("", "")
        first, *more = buried.parts()
        arguments += self._burial(first, limits)
        for count, payload in entries:
            arguments += (count, payload)
        ready, crowd = (prefix + READY_FOR_OWN, prefix + _CLOSED) if self._own else (READY, ALL_WAITING)
        keys = [prefix + _STREAM, prefix + _WAITING, prefix + _BUCKET, ready, dropped(prefix), crowd]
        keys += (prefix + dead.LETTERS, prefix + dead.COUNTS)
        keys += (guard.numbers, guard.busy) if guard else ()
        with translated("appending samples"):
            verdict, number, entry_id = self._append(keys=keys, args=arguments)
        match verdict:
            case b"stale":
                return None
            case b"gone":
                raise NotFound(f"The tenant {tenant.slug} was deleted.")
            case b"full":
                raise TooManyRequests(
                    f"{number} samples of {tenant.slug} are waiting to be stored, and at most {limits.stream_length} "
                    "may. Send the same batch again later.",
                    slug="stream-full",
                    retry_after=2,
                )
            case b"crowded":
                raise Unavailable(
                    f"{'Too many' if self._own else number} samples of all tenants are waiting to be stored, and no "
                    "more are accepted until there is room. Send the same batch again later.",
                    slug="backlog-full",
                    retry_after=FULL_RETRY_S,
                )
            case b"rate":
                if len(self._over_rate) >= MAX_OVER_RATE:
                    self._over_rate.clear()
                self._over_rate[prefix] = limits.samples_per_s, time.monotonic() + number / 1000
                raise _over_rate(tenant, number / 1000)
        try:
            self._bury_all(prefix, more, limits)
        except Unavailable as error:  # the batch is stored: a client that got 503 would send all of it again
            log.error("%s%d dead letters are lost: %s", prefix, sum(map(len, more)), error.detail)
        return cast(bytes, entry_id).decode()

    def max_backlog(self) -> int:
        """The weight that may wait across all tenants."""
        if self._max_backlog is None:
            self._max_backlog = max(1, int(self._memory() * BACKLOG_SHARE / BYTES_IN_MEMORY))
        return self._max_backlog

    def _memory(self) -> int:
        """Bytes that Redis may use."""
        if not self._memory_bytes:
            with translated("reading its memory"):
                memory = self._redis.info("memory")
            self._memory_bytes = int(memory["maxmemory"]) or int(memory["total_system_memory"])
        return self._memory_bytes

    def _burial(self, buried: Buried, limits: Limits) -> list[Any]:
        if not buried:
            return [0, 0, 0, 0]
        max_bytes = limits.dead_letter_bytes
        if not self._own:  # a pod may not ask for Redis's memory
            max_bytes = min(max_bytes, int(self._memory() * DEAD_LETTER_SHARE))
        return dead.words(buried, limits.dead_letters, max_bytes)

    def _bury_all(self, prefix: str, parts: Sequence[Buried], limits: Limits) -> None:
        keys = [prefix + dead.LETTERS, prefix + dead.COUNTS, dropped(prefix)]
        for part in parts:
            with translated("keeping dead letters"):
                self._bury(keys=keys, args=self._burial(part, limits))

    def correct_backlog(self, waiting: int) -> None:
        """Correct the total weight that is waiting: it still includes the share of dropped tenants."""
        with translated("correcting the backlog"):
            self._correct(keys=[ALL_WAITING], args=[waiting])

    def close(self, prefixes: Sequence[str]) -> None:
        """Have the pods of these tenants reject samples for some seconds, as too much is waiting in total."""
        if prefixes:
            with translated("closing streams"):
                self._close(keys=[prefix + _CLOSED for prefix in prefixes], args=[CLOSED_S])

    # The consumer group

    def wake(self, prefix: str) -> None:
        """Wake the tenant's writer, as an append does."""
        if self.writer_lease.with_own_writer([prefix]):
            self.writer_lease.forward(prefix)
            return
        with translated("waking the writer"):
            self._redis.zadd(READY, {prefix: 0})

    def wait_ready(self, timeout_s: float, own: str = "", also: Collection[str] = ()) -> list[str]:
        """Prefixes of tenants to which something was appended since this last returned them; waits for the first.

        A hint only: after a crash look at `backlogs`. `own`: the only tenant that is served (its prefix), with what the
        shared writer forwards. `also`: tenants whose pods append, for the shared writer.
        """
        prefix_by_key = {(prefix + READY_FOR_OWN).encode(): prefix for prefix in ([own] if own else also)}
        keys = list(prefix_by_key)
        random.shuffle(keys)  # for fairness
        with translated("waiting for samples"):
            first = self._redis.bzpopmin(keys if own else [READY, *keys], timeout_s)
            if not first:
                return []
            if first[0] in prefix_by_key:
                self._redis.delete(first[0])
                return [prefix_by_key[first[0]]]
            rest = self._redis.zpopmin(READY, 1000)
        return [first[1].decode(), *(member.decode() for member, _ in rest)]

    def backlogs(self, prefixes: Sequence[str]) -> list[int]:
        """For each tenant, the weight of what was appended and is not yet committed."""
        if not prefixes:
            return []
        with translated("reading the backlog"):
            found = self._redis.mget([prefix + _WAITING for prefix in prefixes])
        return [_weight(value) for value in found]

    def oldest(self, prefix: str) -> int | None:
        """When the oldest entry that is not yet committed was appended (ms, Redis's clock); None if there is none."""
        with translated("reading the backlog"):
            found = self._redis.xrange(prefix + _STREAM, count=1)
        return int(found[0][0].split(b"-")[0]) if found else None

    def waiting(self, prefix: str, count: int, after: str = "") -> list[Entry]:
        """Up to `count` entries after that id that are not yet committed, oldest first, whether a reader has them or
        not. Only a look: it takes them from nobody.
        """
        with translated("looking at waiting samples"):
            return _entries(self._redis.xrange(prefix + _STREAM, f"({after}" if after else "-", count=count))

    def read(self, prefix: str, count: int) -> list[Entry]:
        """Up to `count` entries nobody has read yet, oldest first; they are pending until committed."""
        with translated("reading samples"):
            return self._grouped(prefix, lambda: self._read_new(prefix, count))

    def claim(self, prefix: str, count: int, after: str = "0-0", idle_ms: int = 0) -> list[Entry]:
        """Up to `count` entries after that id that were read and never committed (their reader died), oldest first."""
        with translated("claiming pending samples"):
            return self._grouped(prefix, lambda: self._claim(prefix, count, after, idle_ms))

    def commit(
        self,
        prefix: str,
        entries: Iterable[Entry],
        latest: Mapping[str, Latest] | None = None,
        buried: Buried = dead.NOTHING,
        written: Spans | None = None,
        now_ms: int = 0,
        limits: Limits = Limits(),
        left_out: int = 0,
    ) -> int:
        """In one step: mark the ladder where samples were written, store newer latest values and dead letters (the last
        thousand; others before it), and acknowledge and remove the entries. Returns how many. `left_out`: samples of
        deleted sensors among them."""
        *more, last = buried.parts()
        self._bury_all(prefix, more, limits)
        arguments: list[Any] = [GROUP, len(latest or {}), prefix, now_ms, left_out]
        arguments += mark_arguments(written or {})
        for sensor, sample in (latest or {}).items():
            arguments += (sensor, pack_latest(sample))
        arguments += self._burial(last, limits)
        for entry in entries:
            arguments += (entry.id, entry.weight, entry.samples)
        keys = [prefix + name for name in (_STREAM, _WAITING, LATEST, dead.LETTERS, dead.COUNTS)]
        keys.append(dropped(prefix))
        keys += [] if self._own else [ALL_WAITING]
        with translated("acknowledging samples"):
            return int(self._commit(keys=keys, args=arguments))

    def flow(self, prefix: str) -> tuple[int, int | None]:
        """How many samples were ever stored through the stream, and when the last ones were (ms)."""
        with translated("reading the flow of samples"):
            samples, at = self._redis.hmget(prefix + "ingest:flow", ["samples", "at"])
        return int(samples or 0), int(at) if at else None

    def left_out(self, prefix: str) -> int:
        """How many samples were not stored because their sensors were deleted while they waited."""
        with translated("reading the flow of samples"):
            return int(self._redis.hget(prefix + "ingest:flow", "left_out") or 0)

    def drop_tenant(self, prefix: str) -> int:
        """Permanently remove all keys of a tenant; appends and commits under way cannot bring them back."""
        if not prefix.strip(":*"):
            raise ValueError("an empty prefix would drop every tenant")
        removed = 0
        with translated("removing a tenant's keys"):
            self._redis.set(dropped(prefix), 1, ex=DROPPED_S)
            self._redis.zrem(READY, prefix)
            batch: list[bytes] = []
            for key in self._redis.scan_iter(match=_literal(prefix) + "*", count=1000):
                if key == dropped(prefix).encode():
                    continue
                batch.append(key)
                if len(batch) == 500:
                    removed += self._redis.unlink(*batch)
                    batch.clear()
            if batch:
                removed += self._redis.unlink(*batch)
        return removed

    def _grouped(self, prefix: str, read: Callable[[], list[Entry]]) -> list[Entry]:
        """`read`, and once more after creating the stream and its group if they were missing."""
        try:
            return read()
        except redis.ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
        if self._redis.exists(dropped(prefix)):
            return []
        try:
            self._make_group(keys=[prefix + _STREAM], args=[GROUP])
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        return read()

    def _read_new(self, prefix: str, count: int) -> list[Entry]:
        reply: Any = self._redis.xreadgroup(GROUP, CONSUMER, {prefix + _STREAM: ">"}, count=count)
        return _entries(reply[0][1]) if reply else []

    def _claim(self, prefix: str, count: int, after: str, idle_ms: int) -> list[Entry]:
        reply: Any = self._redis.xautoclaim(
            prefix + _STREAM, GROUP, CONSUMER, min_idle_time=idle_ms, start_id=_next(after), count=count
        )
        return _entries(reply[1])


def _weight(value: bytes | None) -> int:
    """Pods write it too: anything but a number counts as zero."""
    return int(value) if value and value.isdigit() else 0


def _over_rate(tenant: TenantConnection, wait_s: float) -> TooManyRequests:
    return TooManyRequests(
        f"{tenant.slug} may send {tenant.limits.samples_per_s} samples per second. Send the same batch again later.",
        slug="rate-limit",
        retry_after=max(1, math.ceil(wait_s)),
    )


def _entries(rows: Any) -> list[Entry]:
    return [Entry(entry_id.decode(), fields[b"d"], int(fields[b"n"])) for entry_id, fields in rows if fields]


def _next(entry_id: str) -> str:
    """The smallest id after this one."""
    milliseconds, _, sequence = entry_id.partition("-")
    return f"{milliseconds}-{int(sequence or 0) + 1}"


def _literal(text: str) -> str:
    """`text` as a glob pattern, every special character escaped."""
    return "".join(f"\\{character}" if character in "*?[]\\^-" else character for character in text)
