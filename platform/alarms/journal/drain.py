"""Moves transitions from Redis to the tenants' journals, and adds snapshots; waits while a database does not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import msgspec

from alarms import states
from alarms.journal.models import JournalEntry, SnapshotAlarm
from alarms.journal.rounds import Rounds
from alarms.journal.stored import snapshot, stored
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR
from stores.redis.alarms import Outgoing
from stores.timeseries import LinesRefused, Timeseries
from stores.timeseries import alarms as journal
from stores.timeseries.alarms import ALARMS, transition_line
from web import stream
from web.stores import alarms, writer

log = logging.getLogger(__name__)

THREADS = 4
POLL_INTERVAL_S, IDLE_POLL_INTERVAL_S, BUSY_S = 0.25, 1.0, 60.0
SNAPSHOTS_POLL_INTERVAL_S = 5.0
BATCH_SIZE = 1_000
WRITE_TIMEOUT_S = 10.0  # shorter than the supervisor waits for us to stop
Clock = Callable[[], int]


class JournalDrain:
    """Of all tenants, in a thread of its own between `start` and `stop`. Each transition is written at least once, and
    writing it again changes nothing.
    """

    def __init__(
        self,
        tenants: Callable[[], list[TenantConnection]],
        clock: Clock,
        before: Callable[[TenantConnection], object] = lambda _: None,
    ) -> None:
        """`before`: has seen each transition before it is written and leaves the outbox."""
        self._clock, self._before = clock, before
        self._snapshots_checked, self._all_checked = -SNAPSHOTS_POLL_INTERVAL_S, -IDLE_POLL_INTERVAL_S
        self._changed: dict[str, float] = {}  # when transitions waited last, by prefix
        self._rounds = Rounds("the journal", tenants, self._wanted, self._drain, POLL_INTERVAL_S, THREADS)
        self.start, self.stop = self._rounds.start, self._rounds.stop

    def _wanted(self, idle: Sequence[str]) -> set[str]:
        """Tenants whose alarms change are looked at more often than others."""
        now = time.monotonic()
        everybody = now - self._all_checked >= IDLE_POLL_INTERVAL_S
        asked = [prefix for prefix in idle if everybody or now - self._changed.get(prefix, now - BUSY_S) < BUSY_S]
        self._all_checked = now if everybody else self._all_checked
        wanted = set(alarms().with_outgoing(asked)) if asked else set[str]()
        self._changed |= dict.fromkeys(wanted, now)
        if time.monotonic() - self._snapshots_checked >= SNAPSHOTS_POLL_INTERVAL_S:
            self._snapshots_checked = time.monotonic()
            wanted |= {prefix for prefix, at in zip(idle, alarms().snapshots(idle), strict=True) if self._is_due(at)}
        return wanted

    def _is_due(self, last: tuple[int, int, int]) -> bool:
        """After an hour in which something changed, and once a day if anything ever did."""
        t, written, number = last
        age = self._clock() - t
        return number > 0 and (age >= DAY or (age >= HOUR and number > written))

    def _drain(self, tenant: TenantConnection) -> None:
        drain(tenant, lambda: not self._rounds.stopping, self._before)
        if self._is_due(alarms().snapshots([tenant.prefix])[0]):
            write_snapshot(tenant, self._clock())


def drain(
    tenant: TenantConnection,
    go_on: Callable[[], bool] = lambda: True,
    before: Callable[[TenantConnection], object] = lambda _: None,
) -> int:
    """Write what is waiting for the tenant's journal; how many transitions. The live stream is told that they can be
    read. Raises Unavailable and Refused.
    """
    store, total = writer(tenant, WRITE_TIMEOUT_S), 0
    while go_on() and (waiting := alarms().outgoing(tenant.prefix, BATCH_SIZE)):
        before(tenant)
        lines = [line for each in waiting if (line := _line(tenant, each))]
        if lines:
            _write(store, tenant, lines)
        alarms().set_delivered(tenant.prefix, waiting)
        stream.publish(tenant, stream.ALARMS, what="journal")
        total += len(lines)
    return total


def write_snapshot(tenant: TenantConnection, now: int) -> None:
    """All alarms that are not plainly normal, as of now."""
    number, known = states.read_all(tenant)
    kept = ((key, each.kept) for key, each in known.items() if each.kept is not None)
    made = snapshot(now, number, [SnapshotAlarm(key, each.state, each.about) for key, each in kept])
    journal.write_snapshot(writer(tenant, WRITE_TIMEOUT_S), made)
    alarms().set_snapshot(tenant.prefix, now, number)


def _line(tenant: TenantConnection, waiting: Outgoing) -> bytes | None:
    try:
        added = states.added_of(waiting.payload)
    except msgspec.MsgspecError as error:
        log.error("%s: a transition cannot be read, and is left out: %s", tenant.slug, error)
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
            log.error(
                "%s: a transition cannot be stored, and is left out: %s: %r", tenant.slug, error.detail, lines[0][:500]
            )
