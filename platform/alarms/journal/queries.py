"""Transitions by time, tag, asset, rule, priority and kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from alarms.about import occurrence_of
from alarms.journal.models import JournalEntry, JournalTransition
from alarms.journal.sentences import sentence
from alarms.journal.stored import entry_of
from catalog.snapshot import Snapshot
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, NS_PER_MS
from stores.timeseries import Timeseries
from stores.timeseries.alarms import JournalFilter, read_bodies
from web.paging import bad_cursor
from web.stores import alarms, reader

FIRST_WINDOW_NS, WINDOW_GROWTH = DAY * NS_PER_MS, 8
EARLIEST_NS, LATEST_NS = -(2**62), 2**62
_CURSOR = re.compile(r"-?[0-9]{1,19}")
_OLDEST_NS = 946_684_800_000 * NS_PER_MS  # 2000: what is older is looked for in one step


@dataclass(frozen=True, slots=True)
class Found:
    """A page; `next` is the cursor of the following one, empty after the last."""

    entries: list[JournalEntry]
    next: str


def bounds(start: int | None, end: int | None) -> tuple[int, int]:
    """`start <= t < end` in epoch ms, as ns; all that may be stored where None."""
    first = EARLIEST_NS if start is None else max(EARLIEST_NS, start * NS_PER_MS)
    return first, LATEST_NS if end is None else min(LATEST_NS, end * NS_PER_MS)


def page(tenant: TenantConnection, which: JournalFilter, limit: int, now: int, cursor: str = "") -> Found:
    """Newest first. BadRequest for a cursor of another list."""
    end = which.end
    if cursor:
        if not _CURSOR.fullmatch(cursor) or not EARLIEST_NS <= (at := int(cursor)) <= LATEST_NS:
            raise bad_cursor()
        end = min(end, at)
    found: list[tuple[int, str]] = []
    for row in _newest_first(reader(tenant), replace(which, end=end), limit + 1, now * NS_PER_MS):
        found.append(row)
        if len(found) > limit:
            return Found([entry_of(body) for _, body in found[:limit]], str(found[limit - 1][0]))
    return Found([entry_of(body) for _, body in found], "")


def _newest_first(store: Timeseries, which: JournalFilter, wanted: int, now_ns: int) -> Iterator[tuple[int, str]]:
    """InfluxDB opens every shard of a range before it returns the first row, so recent times are looked at first."""
    end, width, left = which.end, FIRST_WINDOW_NS, wanted
    if end > now_ns:  # nothing is ahead of the clock but by little
        found = read_bodies(store, replace(which, start=max(which.start, now_ns - width)), left)
        yield from found
        left, end = left - len(found), now_ns - width
    while end > which.start and left > 0:
        start = max(which.start, end - width) if end > _OLDEST_NS else which.start
        found = read_bodies(store, replace(which, start=start, end=end), left)
        yield from found
        left, end, width = left - len(found), start, width * WINDOW_GROWTH


def numbered(tenant: TenantConnection, after: int, until: int, limit: int) -> list[JournalEntry]:
    """Those with `after < number <= until`, in the order of their numbers; if they are as many as `limit`, there may be
    more in between. Raises Unavailable, also while some of them wait for the journal.
    """
    waiting = alarms().outgoing(tenant.prefix, 1)
    if waiting and waiting[0].number <= until:
        raise Unavailable("The journal does not have all transitions yet.")
    which = JournalFilter(EARLIEST_NS, LATEST_NS, after=after, until=until)
    found = (entry_of(body) for _, body in read_bodies(reader(tenant), which, limit))
    return sorted(found, key=lambda entry: entry.number)


def presented(entry: JournalEntry, states: Mapping[str, str]) -> JournalTransition:
    """`states`: names of the target's values."""
    done, about = entry.transition, entry.about
    return JournalTransition(
        number=entry.number,
        t=done.t,
        what=done.what.value,
        key=entry.key,
        occurrence=None if done.occurrence is None else occurrence_of(entry.key, done.occurrence),
        condition=done.condition.value,
        rule=about.rule,
        rule_version=done.rule_version,
        name=about.name,
        level=about.level,
        priority=about.priority,
        kind=about.kind,
        site=about.site,
        target=about.target,
        asset=about.asset,
        value=done.value,
        limit=done.limit,
        unit=about.target.unit,
        text=sentence(about, done.value, done.limit, states),
        person=done.person,
        note=done.note,
        verdict=done.verdict or None,  # type: ignore[arg-type]
        until=done.until,
        late=done.late,
        past=done.past,
    )


def states_of(catalog: Snapshot, target: str) -> Mapping[str, str]:
    """Names of a sensor's values, as they are now."""
    sensor = catalog.sensors.get(target)
    return sensor.states if sensor is not None else {}
