"""The alarms as they were at a past moment: a snapshot, and what followed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alarms.journal.models import JournalEntry
from alarms.journal.replay import Known, states_after
from alarms.journal.stored import alarms_of, entry_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, EARLIEST, LATEST, NS_PER_MS
from stores.timeseries import Timeseries
from stores.timeseries.alarms import JournalFilter, Snapshot, read_bodies, read_snapshot
from web.stores import alarms, reader

SLACK_MS = DAY  # by how much a transition may be older than a snapshot that does not have it
LOOK_BACK_MS = 400 * DAY  # for a snapshot
PAST_LOOK_BACK_MS = 30 * DAY  # for occurrences found in imports or late samples, which no snapshot has
MAX_TRANSITIONS = 50_000  # that are read for one moment
EMPTY_TTL_S = 300.0
_asked_empty: dict[str, float] = {}  # by prefix: when a journal was found to be empty


@dataclass(frozen=True, slots=True)
class PastAlarms:
    """`complete`: false if there were more transitions than are read, or some still wait to be written. `raised`: the
    sites of occurrences that people were told of since the snapshot, by key and when they were raised.
    """

    known: dict[str, Known]
    complete: bool
    raised: Mapping[tuple[str, int], str]


def alarms_at(tenant: TenantConnection, at: int) -> PastAlarms:
    """All that were not plainly normal at the moment (epoch ms)."""
    if _is_empty(tenant):
        return PastAlarms({}, True, {})
    store = reader(tenant)
    snapshot = read_snapshot(store, at, at - LOOK_BACK_MS)
    known, raised, left = _replayed(store, snapshot, at)
    found_later = _entries(store, at - PAST_LOOK_BACK_MS, at, left, past=True)
    in_order = sorted(found_later, key=lambda entry: (entry.transition.t, entry.number))
    complete = len(found_later) < left and not alarms().outgoing_count(tenant.prefix)
    return PastAlarms(states_after((), in_order) | known, complete, raised)


def entries_between(tenant: TenantConnection, after: int, until: int, limit: int) -> list[JournalEntry] | None:
    """`after < t <= until` in epoch ms, in no particular order; None if there are more than the limit."""
    if _is_empty(tenant):
        return []
    which = JournalFilter((after + 1) * NS_PER_MS, (until + 1) * NS_PER_MS)
    found = read_bodies(reader(tenant), which, limit + 1)
    return None if len(found) > limit else [entry_of(body) for _, body in found]


def _replayed(
    store: Timeseries, snapshot: Snapshot | None, at: int
) -> tuple[dict[str, Known], dict[tuple[str, int], str], int]:
    """Beside what is newer than the snapshot, entries that are older in time, which it does not have. With how many
    more may be read.
    """
    left = MAX_TRANSITIONS
    if snapshot is None:
        found = _entries(store, at - LOOK_BACK_MS, at, left, past=False)
        return states_after((), sorted(found, key=_number)), _raised(found), left - len(found)
    newer = _entries(store, snapshot.t + 1, at, left, past=False)
    left -= len(newer)
    older = _entries(store, snapshot.t - SLACK_MS, snapshot.t, left, past=False, after=snapshot.number)
    known = states_after(alarms_of(snapshot), sorted([*older, *newer], key=_number))
    return known, _raised([*older, *newer]), left - len(older)


def _raised(entries: Iterable[JournalEntry]) -> dict[tuple[str, int], str]:
    return {(each.key, each.transition.t): each.about.site for each in entries if each.transition.tells}


def _number(entry: JournalEntry) -> int:
    return entry.number


def _is_empty(tenant: TenantConnection) -> bool:
    """Whether the journal never had an entry. Numbers begin again after a restore, so the journal itself is asked too,
    but not each time.
    """
    if alarms().number(tenant.prefix):
        return False
    asked = _asked_empty.get(tenant.prefix)
    if asked is not None and time.monotonic() - asked < EMPTY_TTL_S:
        return True
    everything = JournalFilter(EARLIEST * NS_PER_MS, LATEST * NS_PER_MS)
    if read_bodies(reader(tenant), everything, 1):
        return False
    _asked_empty[tenant.prefix] = time.monotonic()
    return True


def _entries(
    store: Timeseries, start: int, at: int, limit: int, past: bool, after: int | None = None
) -> list[JournalEntry]:
    """The newest ones."""
    if limit <= 0:  # to InfluxDB, none is no limit
        return []
    which = JournalFilter(start * NS_PER_MS, (at + 1) * NS_PER_MS, past=past, after=after)
    return [entry_of(body) for _, body in read_bodies(store, which, limit)]
