"""The ingest streams and latest values of all tenants in one Redis."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Literal, cast

from kernel.errors import Unavailable
from kernel.tenancy import Limits, TenantConnection
from stores.redis import dead_letter_scripts
from stores.redis import dead_letters as dead
from stores.redis import stream_scripts as scripts
from stores.redis.alarm_scripts import STORED, STORED_WEIGHT
from stores.redis.append_refusals import Quota, over_rate, refusal_of
from stores.redis.arrivals import Arrivals
from stores.redis.changes import Guard
from stores.redis.client import redis_client
from stores.redis.dead_letters import Buried, DeadLetters
from stores.redis.deleted import DeletedSensors
from stores.redis.demand import Demand
from stores.redis.dropped import drop_keys, dropped
from stores.redis.entries import Entry, entries_of, weight_of
from stores.redis.errors import translated
from stores.redis.flow_counters import FlowCounters, source_stage
from stores.redis.latest import LATEST, Latest, LatestValues, pack_latest
from stores.redis.marks import Marks, Spans, mark_arguments
from stores.redis.numbers import parse_count
from stores.redis.overflow_counts import Misfit, OverflowCounts
from stores.redis.reader_group import GROUP, ReaderGroup
from stores.redis.series_points import SeriesPoints
from stores.redis.writer_identity import own_identity
from stores.redis.writer_lease import (
    READY,
    READY_FOR_OWN,
    READY_OF_WRITER,
    WriterKind,
    WriterLease,
    holder_of,
    lost_lease,
)

log = logging.getLogger(__name__)

ALL_WAITING = "plantrace:ingest:waiting"
MAX_OVER_RATE = 1_000  # tenants remembered as being over their rate
BYTES_IN_MEMORY = 80  # maximum memory per unit of weight; measured: 66 to 80
BACKLOG_SHARE = 0.5  # of Redis's memory for all backlogs; the rest is reserved for everything else
CLOSED_S = 8  # renewed by the writer every 5 s while the backlog is too large
DEAD_LETTER_SHARE = 1 / 16  # of Redis's memory for one tenant's dead letters, whatever its limit says
ALL_DEAD_LETTERS_SHARE = 1 / 8  # for those of all tenants together
STREAM, WAITING = "ingest", "ingest:waiting"  # keys of a tenant
_BUCKET = "ingest:rate"
_CLOSED = "ingest:closed"


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
        self.flow_counters = FlowCounters(url)
        self.marks = Marks(url)
        self.writer_lease = WriterLease(url)
        self.demand = Demand(url, own)
        self.arrivals = Arrivals(url)
        self.series_points = SeriesPoints(url)
        self.overflow_counts = OverflowCounts(url)
        self._redis: Any = redis_client(url)  # its annotations cover sync and async, so they say little
        self._append = self._redis.register_script(scripts.APPEND)
        self._over_rate: dict[str, tuple[int, float]] = {}  # by prefix: the rate, and until when nothing is accepted
        self._close = self._redis.register_script(scripts.CLOSE)
        self._correct = self._redis.register_script(scripts.CORRECT)
        self._group = ReaderGroup(self._redis, STREAM)
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
            raise over_rate(tenant, wait_s)

    def _note_over_rate(self, tenant: TenantConnection, wait_s: float) -> None:
        if len(self._over_rate) >= MAX_OVER_RATE:
            self._over_rate.clear()
        self._over_rate[tenant.prefix] = tenant.limits.samples_per_s, time.monotonic() + wait_s

    def append(
        self,
        tenant: TenantConnection,
        entries: Sequence[tuple[int, bytes]],
        guard: Guard | None = None,
        buried: Buried = dead.NOTHING,
        source: str = "",
        sender: str = "",
        rejected: int = 0,
        quotas: Sequence[Quota] = (),
        accepted: int | None = None,
        back_off: str = "",
    ) -> str | None:
        """Append (samples, payload) entries and keep dead letters, all or none; they are on disk when this returns. The
        id of the last entry, empty if there is none; None, with nothing done, if the guard does not hold.

        `source` and `sender`: by whose name they are counted; empty: not at all. `accepted`: as how many; by default
        as many as there are samples. `back_off`: the key of the sender's, which ends.

        Dead letters, and as many points as were `rejected`, count towards the rate: they took as much to read. The
        thousand first letters are kept in the same step as the entries, more of them in further steps, which a kill or
        an error there may leave out.

        TooManyRequests over the tenant's rate or one of `quotas`, or when too much of it is waiting; Unavailable when
        too much is waiting across all tenants, or Redis is full; NotFound if the tenant was dropped.
        """
        prefix, limits = tenant.prefix, tenant.limits
        first, *more = buried.parts()
        dead_samples = len(buried) + rejected
        samples = sum(count for count, _ in entries) + dead_samples
        counted = samples - dead_samples if accepted is None else accepted
        counting = (source_stage(source) if source else "", source, sender, dead_samples, counted, "", back_off)
        done = self._run_append(tenant, entries, samples, guard, counting, quotas, first)
        if done is None:
            return None
        try:
            self._bury_all(prefix, more, limits)
        except Unavailable as error:  # the batch is stored: a client that got 503 would send all of it again
            log.error("%s%d dead letters are lost: %s", prefix, sum(map(len, more)), error.detail)
        return done[1]

    def turn_away(
        self,
        tenant: TenantConnection,
        samples: int,
        guard: Guard | None,
        source: str,
        sender: str,
        why: bytes,
        quotas: Sequence[Quota] = (),
        back_off: str = "",
    ) -> int | None:
        """Count a batch of so many samples of which nothing is taken, against the rate too: it took as much to read.
        How many seconds its sender is to wait by its `back_off`; None, with nothing done, if the guard does not hold.

        Raises as `append`.
        """
        counting = (source_stage(source), source, sender, 0, 0, why, back_off)
        done = self._run_append(tenant, (), samples, guard, counting, quotas, dead.NOTHING)
        return done[0] if done is not None else None

    def _run_append(
        self,
        tenant: TenantConnection,
        entries: Sequence[tuple[int, bytes]],
        samples: int,
        guard: Guard | None,
        counting: Sequence[Any],
        quotas: Sequence[Quota],
        buried: Buried,
    ) -> tuple[int, str] | None:
        """What the script answers, unless it refuses; None: the guard does not hold."""
        prefix, limits = tenant.prefix, tenant.limits
        weight = sum(weight_of(payload, count) for count, payload in entries)
        max_backlog = "" if self._own else self.max_backlog()
        arguments: list[Any] = [prefix, weight, limits.stream_length, max_backlog, samples, limits.samples_per_s]
        arguments += (guard.epoch, guard.number) if guard else ("", "")
        arguments += (*counting, len(quotas))
        for quota in quotas:
            arguments += (quota.key, quota.amount, quota.rate, quota.size)
        arguments += self._burial(buried, limits)
        for count, payload in entries:
            arguments += (count, payload)
        ready, crowd = (prefix + READY_FOR_OWN, prefix + _CLOSED) if self._own else (READY, ALL_WAITING)
        keys = [prefix + STREAM, prefix + WAITING, prefix + _BUCKET, ready, dropped(prefix), crowd]
        keys += (prefix + dead.LETTERS, prefix + dead.COUNTS)
        keys += (guard.numbers, guard.busy) if guard else ()
        with translated("appending samples"):
            verdict, number, text = self._append(keys=keys, args=arguments)
        if verdict == b"stale":
            return None
        if verdict == b"rate" and not text:
            self._note_over_rate(tenant, number / 1000)
        if (refused := refusal_of(verdict, number, text, tenant, quotas, self._own)) is not None:
            raise refused
        return int(number), cast(bytes, text).decode()

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

    def limit_dead_letters(self, prefixes: Sequence[str]) -> int:
        """Keep the dead letters of all tenants within their share of Redis's memory. Returns how many were dropped."""
        return self.dead_letters.limit_total(prefixes, int(self._memory() * ALL_DEAD_LETTERS_SHARE))

    def close(self, prefixes: Sequence[str], why: Literal["backlog", "disk"] = "backlog") -> None:
        """Have samples of these tenants rejected for some seconds: by their pods, as too much is waiting in total, or
        by everybody, as the disk is nearly full.
        """
        if prefixes:
            with translated("closing streams"):
                self._close(keys=[prefix + _CLOSED for prefix in prefixes], args=[CLOSED_S, why])

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
        shared writers forward. `also`: tenants whose pods append, for the shared writer.
        """
        forwarded = READY_OF_WRITER + own_identity()
        prefix_by_key = {(prefix + READY_FOR_OWN).encode(): prefix for prefix in ([own] if own else also)}
        keys = list(prefix_by_key)
        random.shuffle(keys)  # for fairness
        with translated("waiting for samples"):
            first = self._redis.bzpopmin(keys if own else [forwarded, READY, *keys], timeout_s)
            if not first:
                return []
            if first[0] in prefix_by_key:
                self._redis.delete(first[0])
                return [prefix_by_key[first[0]]]
            pipe = self._redis.pipeline(transaction=False)
            for key in (forwarded, READY):
                pipe.zpopmin(key, 1000)
            rest = pipe.execute()
        return [first[1].decode(), *(member.decode() for members in rest for member, _ in members)]

    def backlogs(self, prefixes: Sequence[str]) -> list[int]:
        """For each tenant, the weight of what was appended and is not yet removed: some of it may be stored already and
        wait for the second reader.
        """
        if not prefixes:
            return []
        with translated("reading the backlog"):
            found = self._redis.mget([prefix + WAITING for prefix in prefixes])
        return [parse_count(value) for value in found]

    def unwritten(self, prefix: str) -> int:
        """As `backlogs`, without what is stored already."""
        with translated("reading the backlog"):
            waiting, stored = self._redis.mget([prefix + WAITING, prefix + STORED_WEIGHT])
        return max(0, parse_count(waiting) - parse_count(stored))

    def oldest(self, prefix: str) -> int | None:
        """When the oldest entry that is not yet removed was appended (ms, Redis's clock); None if there is none."""
        return self.oldest_of([prefix])[0]

    def oldest_of(self, prefixes: Sequence[str]) -> list[int | None]:
        """As `oldest`, of each tenant; None also where a pod has put something else in its place."""
        with translated("reading the backlog"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.xrange(prefix + STREAM, count=1)
            replies = pipe.execute(raise_on_error=False)
        return [
            int(found[0][0].split(b"-")[0]) if found and not isinstance(found, Exception) else None for found in replies
        ]

    def waiting(self, prefix: str, count: int, after: str = "") -> list[Entry]:
        """Up to `count` entries after that id that are not yet committed, oldest first, whether a reader has them or
        not. Only a look: it takes them from nobody.
        """
        with translated("looking at waiting samples"):
            while found := entries_of(self._redis.xrange(prefix + STREAM, f"({after}" if after else "-", count=count)):
                stored = self._redis.hmget(prefix + STORED, [entry.id for entry in found])
                if waiting := [entry for entry, weight in zip(found, stored, strict=True) if weight is None]:
                    return waiting
                after = found[-1].id
            return []

    def read(self, prefix: str, count: int) -> list[Entry]:
        """Up to `count` entries nobody has read yet, oldest first; they are pending until committed."""
        with translated("reading samples"):
            return self._group.read(prefix, count)

    def claim(self, prefix: str, count: int, after: str = "0-0", idle_ms: int = 0) -> list[Entry]:
        """Up to `count` entries after that id that were read and never committed (their reader died), oldest first."""
        with translated("claiming pending samples"):
            return self._group.claim(prefix, count, after, idle_ms)

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
        busy_ms: int = 0,
        kind: WriterKind | None = None,
        overflows: Mapping[Misfit, int] | None = None,
        message: bytes = b"",
    ) -> int:
        """In one step: mark the ladder where samples were written, store newer latest values and dead letters (the last
        thousand; others before it), and acknowledge and remove the entries. Returns how many. `left_out`: samples of
        deleted sensors among them; `busy_ms`: how long storing them took. `kind`: only while this process has the lease
        as such a writer; otherwise Unavailable. `overflows`: by how much these counts change; `message`: to viewers of
        the live stream."""
        *more, last = buried.parts()
        self._bury_all(prefix, more, limits)
        arguments: list[Any] = [GROUP, len(latest or {}), prefix, now_ms, left_out, len(buried), busy_ms]
        arguments.append(holder_of(kind) if kind else "")
        arguments += mark_arguments(written or {})
        for sensor, sample in (latest or {}).items():
            arguments += (sensor, pack_latest(sample))
        arguments += self._burial(last, limits)
        counts = self.overflow_counts.rows(prefix, overflows or {})
        arguments += (message, len(counts), *chain.from_iterable(counts))
        for entry in entries:
            arguments += (entry.id, entry.weight, entry.samples)
        keys = [prefix + name for name in (STREAM, WAITING, LATEST, dead.LETTERS, dead.COUNTS)]
        keys.append(dropped(prefix))
        keys += [] if self._own else [ALL_WAITING]
        with translated("acknowledging samples"):
            done = int(self._commit(keys=keys, args=arguments))
        if done < 0:
            raise lost_lease()
        return done

    def flow(self, prefix: str) -> tuple[int, int | None]:
        """How many samples were ever stored through the stream, and when the last ones were (ms)."""
        with translated("reading the flow of samples"):
            samples, at = self._redis.hmget(prefix + "ingest:flow", ["samples", "at"])
        return parse_count(samples), parse_count(at) if at else None

    def left_out(self, prefix: str) -> int:
        """How many samples were not stored because their sensors were deleted while they waited."""
        with translated("reading the flow of samples"):
            return parse_count(self._redis.hget(prefix + "ingest:flow", "left_out"))

    def drop_tenant(self, prefix: str) -> int:
        """Permanently remove all keys of a tenant; appends and commits under way cannot bring them back."""
        with translated("removing a tenant's keys"):
            return drop_keys(self._redis, prefix)
