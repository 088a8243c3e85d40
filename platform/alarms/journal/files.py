"""Transitions as CSV and as Parquet. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from alarms.journal.models import JournalTransition
from kernel.spreadsheets import escape_formula
from kernel.times import iso

_TEXT, _MS = pa.string(), pa.timestamp("ms", "UTC")
_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("number", pa.int64()), ("time", _MS), ("what", _TEXT), ("key", _TEXT), ("occurrence", _TEXT),
    ("condition", _TEXT), ("priority", pa.int8()), ("rule", _TEXT), ("rule_version", pa.int32()), ("name", _TEXT),
    ("level", _TEXT), ("kind", _TEXT), ("site", _TEXT), ("target", _TEXT), ("tag", _TEXT), ("asset", _TEXT),
    ("asset_tag", _TEXT), ("value", pa.float64()), ("value_text", _TEXT), ("limit", pa.float64()), ("unit", _TEXT),
    ("text", _TEXT), ("person", _TEXT), ("note", _TEXT), ("verdict", _TEXT), ("until", _MS), ("late", pa.bool_()),
    ("past", pa.bool_()),
)  # fmt: skip
_TIMES = ("time", "until")


def csv_text(transitions: Sequence[JournalTransition]) -> str:
    """Times in ISO 8601 UTC."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(name for name, _ in _COLUMNS)
    for each in transitions:
        row = _row(each)
        writer.writerow(_cell(name, row[name]) for name, _ in _COLUMNS)
    return out.getvalue()


def parquet_bytes(transitions: Sequence[JournalTransition]) -> bytes:
    from pyarrow import parquet  # loads clients of file systems, which most processes never need

    rows = [_row(each) for each in transitions]
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in _COLUMNS}
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _row(each: JournalTransition) -> dict[str, Any]:
    is_text = isinstance(each.value, str)
    own = {name: getattr(each, name, None) for name, _ in _COLUMNS}
    return own | {
        "time": each.t,
        "target": each.target.id,
        "tag": each.target.tag,
        "asset": each.asset.id if each.asset else None,
        "asset_tag": each.asset.tag if each.asset else None,
        "value": None if is_text else each.value,
        "value_text": each.value if is_text else None,
    }


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name in _TIMES:
        return iso(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(value) if isinstance(value, str) else value
