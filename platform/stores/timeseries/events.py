"""Events of a tenant: a measurement in a policy of its own.

The tags are the type and a shard of the devices, so the number of series does not grow with devices or events. Events
of one series have different times: their nanoseconds beyond the millisecond are a place, without further meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.times import NS_PER_MS
from stores.timeseries.client import Timeseries
from stores.timeseries.lines import quoted_value
from stores.timeseries.statements import literal, quoted

EVENTS = "events"  # the policy, and the measurement in it
SHARD = "4w"
STATEMENTS_PER_REQUEST, NAMES_PER_PATTERN = 200, 50


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`t` in ns; `body` is JSON."""

    t: int
    type: str
    shard: int
    device: str
    id: str
    body: str
    overflow: bool = False  # some field of it did not fit


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Conditions on stored events; times in ns, the end not included."""

    start: int
    end: int
    types: Sequence[str] = ()
    shard: int | None = None
    device: str = ""
    ids: Sequence[str] = ()
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Events of one series in `start <= t < end` (ns)."""

    type: str
    shard: int
    start: int
    end: int


def event_line(event: StoredEvent) -> bytes:
    """Types have no character with a meaning in line protocol; texts have no line break."""
    flag = "true" if event.overflow else "false"  # written each time: a repaired event replaces the flag, too
    texts = {"device": event.device, "id": event.id, "event": event.body}
    fields = ",".join(f"{name}={quoted_value(text)}" for name, text in texts.items())
    return f"{EVENTS},type={event.type},shard={event.shard} overflow={flag},{fields} {event.t}".encode()


@dataclass(frozen=True, slots=True)
class StoredId:
    """Where an event is, in ns, and whether some field of it did not fit."""

    id: str
    t: int
    overflow: bool


def read_ids(store: Timeseries, spans: Sequence[Span]) -> Iterator[tuple[Span, list[StoredId]]]:
    """Per span the events that it has."""
    for span, rows in _read(store, spans, '"id", "overflow"'):
        yield span, [StoredId(id, t, overflow) for t, id, overflow in rows]


def read_bodies(store: Timeseries, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """The ids and bodies of the spans' events."""
    for _, rows in _read(store, spans, '"id", "event"'):
        yield from ((id, body) for _, id, body in rows)


def _read(store: Timeseries, spans: Sequence[Span], columns: str) -> Iterator[tuple[Span, list[Any]]]:
    for start in range(0, len(spans), STATEMENTS_PER_REQUEST):
        some = spans[start : start + STATEMENTS_PER_REQUEST]
        statements = [_select(columns, EventFilter(each.start, each.end, [each.type], each.shard)) for each in some]
        for span, found in zip(some, store.read(statements), strict=True):
            yield span, [row for series in found for row in series.values]


def read_events(store: Timeseries, which: EventFilter, limit: int, newest_first: bool = True) -> list[StoredEvent]:
    """In order of time; of equal times in any."""
    order = "DESC" if newest_first else "ASC"
    statement = f"{_select(_COLUMNS, which)} ORDER BY time {order} LIMIT {limit}"
    (found,) = store.read([statement])
    return [
        StoredEvent(t, type_, int(shard), device, id, body, overflow)
        for series in found
        for t, type_, shard, device, id, body, overflow in series.values
    ]


def names_in_bodies(store: Timeseries, start_ms: int, end_ms: int, names: Sequence[str]) -> set[str]:
    """Which of these words, of letters and digits, are in bodies of events of that time."""
    found = set[str]()
    for start in range(0, len(names), NAMES_PER_PATTERN):
        pattern = "|".join(names[start : start + NAMES_PER_PATTERN])
        which = _select('"event"', EventFilter(start_ms * NS_PER_MS, end_ms * NS_PER_MS))
        for series in store.read([f'{which} AND "event" =~ /{pattern}/'])[0]:
            for _, body in series.values:
                found |= {name for name in names if name in body}
    return found


def delete_events(store: Timeseries, before_ms: int) -> None:
    """Those that are older."""
    store.execute(f"DELETE FROM {quoted(EVENTS)} WHERE time < {before_ms * NS_PER_MS}")


_COLUMNS = '"type", "shard", "device", "id", "event", "overflow"'


def _select(columns: str, which: EventFilter) -> str:
    conditions = [f"time >= {which.start}", f"time < {which.end}"]
    if which.types:
        conditions.append(_any("type", which.types))
    if which.shard is not None:
        conditions.append(f"\"shard\" = '{which.shard}'")
    if which.device:
        conditions.append(f'"device" = {literal(which.device)}')
    if which.ids:
        conditions.append(_any("id", which.ids))
    if which.overflow:
        conditions.append('"overflow" = true')
    return f'SELECT {columns} FROM "{EVENTS}"."{EVENTS}" WHERE {" AND ".join(conditions)}'


def _any(name: str, values: Iterable[str]) -> str:
    return "(" + " OR ".join(f"{quoted(name)} = {literal(value)}" for value in values) + ")"
