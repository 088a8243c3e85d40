"""The alarms as they were at a past moment: a snapshot, and what followed."""

from __future__ import annotations

from dataclasses import dataclass

from alarms.journal.models import JournalEntry
from alarms.journal.replay import Known, states_after
from alarms.journal.stored import alarms_of, entry_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, NS_PER_MS
from stores.timeseries import Timeseries
from stores.timeseries.alarms import JournalFilter, read_bodies, read_snapshot
from web.stores import alarms, reader

SLACK_MS = DAY  # by how much a transition may be older than a snapshot that does not have it
LOOK_BACK_MS = 400 * DAY  # for a snapshot
PAST_LOOK_BACK_MS = 30 * DAY  # for occurrences found in imports or late samples, which no snapshot has
MAX_TRANSITIONS = 200_000


@dataclass(frozen=True, slots=True)
class PastAlarms:
    """`complete`: false if there were more transitions than are read."""

    known: dict[str, Known]
    complete: bool


def alarms_at(tenant: TenantConnection, at: int) -> PastAlarms:
    """All that were not plainly normal at the moment (epoch ms)."""
    if alarms().number(tenant.prefix) == 0:  # there never was one
        return PastAlarms({}, True)
    store = reader(tenant)
    snapshot = read_snapshot(store, at, at - LOOK_BACK_MS)
    start = at - LOOK_BACK_MS if snapshot is None else snapshot.t - SLACK_MS
    number = None if snapshot is None else snapshot.number
    live = _entries(store, start, at, past=False, after=number)
    newer = sorted(live, key=lambda entry: entry.number)
    known = states_after(alarms_of(snapshot) if snapshot is not None else (), newer)
    found_later = _entries(store, at - PAST_LOOK_BACK_MS, at, past=True)
    in_order = sorted(found_later, key=lambda entry: (entry.transition.t, entry.number))
    complete = max(len(live), len(found_later)) < MAX_TRANSITIONS
    return PastAlarms(states_after((), in_order) | known, complete)


def entries_between(tenant: TenantConnection, after: int, until: int, limit: int) -> list[JournalEntry] | None:
    """`after < t <= until` in epoch ms, in no particular order; None if there are more than the limit."""
    if alarms().number(tenant.prefix) == 0:
        return []
    which = JournalFilter((after + 1) * NS_PER_MS, (until + 1) * NS_PER_MS)
    found = read_bodies(reader(tenant), which, limit + 1)
    return None if len(found) > limit else [entry_of(body) for _, body in found]


def _entries(store: Timeseries, start: int, at: int, past: bool, after: int | None = None) -> list[JournalEntry]:
    which = JournalFilter(start * NS_PER_MS, (at + 1) * NS_PER_MS, past=past, after=after)
    return [entry_of(body) for _, body in read_bodies(store, which, MAX_TRANSITIONS)]
