"""Events as lines of JSON and as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from ingest.events.models import Event
from kernel.spreadsheets import escape_formula
from kernel.times import iso


def ndjson(events: Sequence[Event]) -> bytes:
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


def csv_text(events: Sequence[Event]) -> str:
    """One column for each field of any of the events, in the order of their names."""
    groups = {
        "": sorted({name for event in events for name in event.fields}),
        "context.": sorted({name for event in events for name in event.context}),
        "_overflow.": sorted({name for event in events for name in event.overflow}),
    }
    out = io.StringIO()
    writer = csv.writer(out)
    own = ["time", "type", "device", "firmware", "id"]
    writer.writerow([*own, *(escape_formula(group + name) for group, names in groups.items() for name in names)])
    for event in events:
        parts = {"": event.fields, "context.": event.context, "_overflow.": event.overflow}
        cells = [_cell(parts[group].get(name)) for group, names in groups.items() for name in names]
        heads = [iso(event.ts), event.type, *map(escape_formula, (event.device, event.firmware)), event.id]
        writer.writerow([*heads, *cells])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return escape_formula(value)
    if isinstance(value, bool | dict | list):
        return msgspec.json.encode(value).decode()
    return value
