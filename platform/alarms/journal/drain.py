"""Moves transitions from Redis to the tenants' journals, and adds snapshots; waits while a database does not answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from alarms import states
from alarms.journal.models import JournalEntry, SnapshotAlarm
from alarms.journal.stored import snapshot, stored
from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR
from stores.redis.alarms import Outgoing
from stores.timeseries import LinesRefused, Timeseries
from stores.timeseries.alarms import ALARMS, snapshot_lines, transition_line
from web.stores import alarms, writer

log = logging.getLogger(__name__)

THREADS = 4
POLL_INTERVAL_S = 0.25
TENANTS_POLL_INTERVAL_S = 5.0
BATCH_SIZE = 1_000
MAX_BACKOFF_S = 10.0
WRITE_TIMEOUT_S = 10.0  # shorter than the supervisor waits for us to stop
Clock = Callable[[], int]


class JournalDrain:
    """Of all tenants, in a thread of its own between `start` and `stop`. Each transition is written at least once, and
    writing it again changes nothing.
    """

    def __init__(self, tenants: Callable[[], list[TenantConnection]], clock: Clock) -> None:
        self._find, self._clock = tenants, clock
        self._tenants: dict[str, TenantConnection] = {}
        self._busy: set[str] = set()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, "journal")
        self._thread = threading.Thread(target=self._run, name="journal-drain")
        self._refreshed = -TENANTS_POLL_INTERVAL_S

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when current writes have ended."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_INTERVAL_S):
            try:
                self._run_once()
            except Unavailable as error:
                log.warning("the journals wait: %s", error.detail)
                self._stopping.wait(1.0)
            except Exception:
                log.exception("the journals wait")
                self._stopping.wait(1.0)

    def _run_once(self) -> None:
        look = time.monotonic() - self._refreshed >= TENANTS_POLL_INTERVAL_S
        if look:
            self._refresh()
        idle = [prefix for prefix in self._tenants if self._is_idle(prefix)]
        wanted = set(alarms().with_outgoing(idle))
        if look:
            wanted |= {prefix for prefix, at in zip(idle, alarms().snapshots(idle), strict=True) if self._is_due(at)}
        for prefix in wanted:
            self._busy.add(prefix)
            self._pool.submit(self._drain, self._tenants[prefix])

    def _refresh(self) -> None:
        self._refreshed = time.monotonic()
        try:
            self._tenants = {tenant.prefix: tenant for tenant in self._find()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")

    def _is_idle(self, prefix: str) -> bool:
        return prefix not in self._busy and self._not_before.get(prefix, 0.0) <= time.monotonic()

    def _is_due(self, last: tuple[int, int, int]) -> bool:
        """After an hour in which something changed, and once a day if anything ever did."""
        t, written, number = last
        age = self._clock() - t
        return number > 0 and (age >= DAY or (age >= HOUR and number > written))

    def _drain(self, tenant: TenantConnection) -> None:
        prefix = tenant.prefix
        try:
            drain(tenant, lambda: not self._stopping.is_set())
            if self._is_due(alarms().snapshots([prefix])[0]):
                write_snapshot(tenant, self._clock())
            self._failures.pop(prefix, None)
        except PlantraceError as error:
            log.warning("the journal of %s waits: %s", tenant.slug, error.detail)
            self._fail(prefix)
        except Exception:
            log.exception("the journal of %s waits", tenant.slug)
            self._fail(prefix)
        self._busy.discard(prefix)

    def _fail(self, prefix: str) -> None:
        failures = self._failures[prefix] = self._failures.get(prefix, 0) + 1
        self._not_before[prefix] = time.monotonic() + min(MAX_BACKOFF_S, 0.25 * 2 ** min(failures, 10))


def drain(tenant: TenantConnection, go_on: Callable[[], bool] = lambda: True) -> int:
    """Write what is waiting for the tenant's journal; how many transitions. Raises Unavailable and Refused."""
    store, total = writer(tenant, WRITE_TIMEOUT_S), 0
    while go_on() and (waiting := alarms().outgoing(tenant.prefix, BATCH_SIZE)):
        lines = [line for each in waiting if (line := _line(tenant, each))]
        if lines:
            _write(store, tenant, lines)
        alarms().set_delivered(tenant.prefix, waiting)
        total += len(lines)
    return total


def write_snapshot(tenant: TenantConnection, now: int) -> None:
    """All alarms that are not plainly normal, as of now."""
    number, known = states.read_all(tenant)
    kept = ((key, each.kept) for key, each in known.items() if each.kept is not None)
    made = snapshot(now, number, [SnapshotAlarm(key, each.state, each.about) for key, each in kept])
    writer(tenant, WRITE_TIMEOUT_S).write_lines(ALARMS, snapshot_lines(made))
    alarms().set_snapshot(tenant.prefix, now, number)


def _line(tenant: TenantConnection, waiting: Outgoing) -> bytes | None:
    try:
        added = states.added_of(waiting.payload)
    except msgspec.MsgspecError as error:
        log.error("%sa transition is no entry of the journal: %s", tenant.prefix, error)
        return None
    return transition_line(stored(JournalEntry(added.key, waiting.number, added.transition, added.about)))


def _write(store: Timeseries, tenant: TenantConnection, lines: Sequence[bytes]) -> None:
    """What InfluxDB will never take, such as a time before 1678, is logged and left out."""
    try:
        store.write_lines(ALARMS, b"\n".join(lines))
    except LinesRefused as error:
        if len(lines) > 1:
            half = len(lines) // 2
            _write(store, tenant, lines[:half])
            _write(store, tenant, lines[half:])
        else:
            log.error("%sa transition cannot be stored: %s: %r", tenant.prefix, error.detail, lines[0][:500])
