"""Stored events by device, type and time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.events.event import place_of, shard_of
from ingest.validation import MAX_AHEAD_NS, MIN_TIME_NS
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, NS_PER_MS
from stores.timeseries import Timeseries
from stores.timeseries.events import EventFilter, StoredEvent, read_events
from web.paging import bad_cursor
from web.stores import reader

FIRST_WINDOW_NS, WINDOW_GROWTH = HOUR * NS_PER_MS, 8
MAX_AT_ONE_TIME = 100_000  # one of each series
_CURSOR = re.compile(r"([0-9]{1,19}) ([a-z0-9]{28})")


@dataclass(frozen=True, slots=True)
class Found:
    """A page; `next` is the cursor of the following one, empty after the last."""

    events: list[StoredEvent]
    next: str


def which_events(
    start: int | None,
    end: int | None,
    now_ms: int,
    types: tuple[str, ...] = (),
    device: str = "",
    overflow: bool = False,
) -> EventFilter:
    """`start <= t < end` in epoch ms; all that may be stored where None."""
    first, last = MIN_TIME_NS, now_ms * NS_PER_MS + MAX_AHEAD_NS + 1
    return EventFilter(
        first if start is None else max(first, start * NS_PER_MS),
        last if end is None else min(last, end * NS_PER_MS),
        types,
        shard_of(device) if device else None,
        device,
        overflow=overflow,
    )


def page(tenant: TenantConnection, which: EventFilter, limit: int, cursor: str = "") -> Found:
    """Newest first. BadRequest for a cursor of another list."""
    found: list[StoredEvent] = []
    for event in _newest_first(reader(tenant), which, limit + 1, cursor):
        found.append(event)
        if len(found) > limit:
            last = found[limit - 1]
            return Found(found[:limit], f"{last.t} {last.id}")
    return Found(found, "")


def find(tenant: TenantConnection, id: str) -> StoredEvent:
    """Raises NotFound."""
    if (place := place_of(id)) is not None:
        t, shard = place
        which = EventFilter(t * NS_PER_MS, (t + 1) * NS_PER_MS, shard=shard, ids=[id])
        for event in read_events(reader(tenant), which, 1) if t * NS_PER_MS < 2**62 else ():
            return event
    raise NotFound(f"There is no event “{id[:40]}”.", slug="no-such-event")


def _newest_first(store: Timeseries, which: EventFilter, wanted: int, cursor: str) -> Iterator[StoredEvent]:
    """Those after the cursor. Events of one nanosecond, which are of different series, are in the order of their ids.

    InfluxDB opens every shard of a range before it returns the first row, so recent times are looked at first.
    """
    end, width = which.end, FIRST_WINDOW_NS
    if cursor:
        t, id = _parsed(cursor)
        yield from (event for event in _at(store, which, t) if event.id > id)
        end = min(end, t)
    while end > which.start:
        start = max(which.start, end - width)
        found = read_events(store, replace(which, start=start, end=end), wanted)
        if len(found) == wanted:  # there may be more of the last time
            last = found[-1].t
            yield from _ordered(event for event in found if event.t > last)
            yield from _at(store, which, last)
            end = last
        else:
            yield from _ordered(found)
            end, width = start, width * WINDOW_GROWTH


def _at(store: Timeseries, which: EventFilter, t: int) -> list[StoredEvent]:
    if not which.start <= t < which.end:
        return []
    return _ordered(read_events(store, replace(which, start=t, end=t + 1), MAX_AT_ONE_TIME))


def _ordered(events: Iterator[StoredEvent] | list[StoredEvent]) -> list[StoredEvent]:
    return sorted(events, key=lambda event: (-event.t, event.id))


def _parsed(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None or int(match[1]) >= 2**63:
        raise bad_cursor()
    return int(match[1]), match[2]
