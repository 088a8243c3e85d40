"""Look-up tables that add to events what their device does not know: shift, operator, product. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from ingest.events.event import MAX_NAME_CHARS

ANY = ""
MAX_ROWS, MAX_VALUES, MAX_DAILY_ROWS, MAX_TYPES = 5_000, 16, 24, 50
MAX_NAMES = 195  # of all rows' values: each is a column of the table as CSV
MAX_TEXT_CHARS = 200  # of a key or value
MAX_TIME = 9_000_000_000_000
Time = Annotated[int, Meta(ge=0, le=MAX_TIME)]
TimeOfDay = Annotated[str, Meta(max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Text = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS)]


class Row(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is added to events that the row applies to."""

    values: Annotated[dict[Name, Text], Meta(min_length=1, max_length=MAX_VALUES)]
    key: Annotated[Text, Meta(description="The value of the table's `key`; empty: any")] = ANY
    start: Annotated[
        Time | None, Meta(description="Epoch ms; of rows of one key the last one that has begun counts")
    ] = msgspec.field(default=None, name="from")
    end: Annotated[Time | None, Meta(description="Epoch ms, not included")] = msgspec.field(default=None, name="to")
    daily: Annotated[
        tuple[TimeOfDay, TimeOfDay] | None,
        Meta(description="Each day from the first time to before the second, which may be on the next day"),
    ] = None


class LookupTable(Struct, frozen=True):
    """A table in force; `key` is the name of a field, or `device`."""

    rows: list[Row]
    key: str = "device"
    types: list[str] = []
    timezone: str = "UTC"


@dataclass(slots=True)
class CompiledTable:
    """Rows by key, for look-ups whose cost does not grow with the table."""

    key: str
    types: frozenset[str]
    zone: ZoneInfo
    spans: dict[str, tuple[list[int], list[Row]]] = field(default_factory=dict)
    daily: dict[str, list[tuple[int, int, Row]]] = field(default_factory=dict)

    def values(self, t: int, type_: str, device: str, fields: Mapping[str, Any]) -> dict[str, str]:
        """What the table adds to an event; rows of its key override those of any."""
        if self.types and type_ not in self.types:
            return {}
        key = device if self.key == "device" else _text(fields.get(self.key))
        found: dict[str, str] = {}
        for each in dict.fromkeys((ANY, key)):
            for row in self._rows(each, t):
                found |= row.values
        return found

    def _rows(self, key: str, t: int) -> list[Row]:
        rows = []
        if key in self.spans:
            starts, spans = self.spans[key]
            place = bisect_right(starts, t) - 1
            if place >= 0 and ((end := spans[place].end) is None or t < end):
                rows.append(spans[place])
        if key in self.daily:
            local = datetime.fromtimestamp(t / 1000, self.zone)
            minute = local.hour * 60 + local.minute
            rows += [row for start, end, row in self.daily[key] if _is_within(minute, start, end) and _holds(row, t)]
        return rows


def compiled(table: LookupTable) -> CompiledTable:
    result = CompiledTable(table.key, frozenset(table.types), ZoneInfo(table.timezone))
    spans: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        if row.daily is None:
            spans[row.key].append(row)
        else:
            start, end = map(_minute, row.daily)
            result.daily.setdefault(row.key, []).append((start, end, row))
    for key, rows in spans.items():
        rows.sort(key=lambda row: row.start or 0)
        result.spans[key] = [row.start or 0 for row in rows], rows
    return result


def wrong_with(table: LookupTable) -> tuple[int, str] | None:
    """Which row cannot be stored, and why; None if they can."""
    daily: dict[str, int] = defaultdict(int)
    names: set[str] = set()
    for place, row in enumerate(table.rows):
        names.update(row.values)
        if len(names) > MAX_NAMES:
            return place, f"up to this row, values have {len(names)} names; a table has at most {MAX_NAMES}"
        if row.start is not None and row.end is not None and row.start >= row.end:
            return place, "from must be before to"
        daily[row.key] += row.daily is not None
        if daily[row.key] > MAX_DAILY_ROWS:
            return place, f"one key has at most {MAX_DAILY_ROWS} rows with daily times"
    return None


def enriched(
    tables: Sequence[CompiledTable], t: int, type_: str, device: str, fields: Mapping[str, Any]
) -> dict[str, str]:
    """What all tables add to an event."""
    context: dict[str, str] = {}
    for table in tables:
        context |= table.values(t, type_, device, fields)
    return context


def _is_within(minute: int, start: int, end: int) -> bool:
    return start <= minute < end if start < end else minute >= start or minute < end


def _holds(row: Row, t: int) -> bool:
    return (row.start is None or row.start <= t) and (row.end is None or t < row.end)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[:MAX_TEXT_CHARS]
    return "" if value is None or isinstance(value, dict | list) else msgspec.json.encode(value).decode()
