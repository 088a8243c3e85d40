"""Cases as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from kernel.spreadsheets import escape_formula
from kernel.times import iso
from work.cases.models import Case

_COLUMNS = (
    "number", "title", "kind", "state", "priority", "site", "asset", "asset_name", "asset_type", "sensor", "device",
    "alarm", "assigned", "due", "opened", "opened_by", "began", "ended", "failure", "downtime_start", "downtime_end",
    "description", "what_was_done", "plan", "campaign", "id",
)  # fmt: skip
_TIMES = ("due", "opened", "began", "ended", "downtime_start", "downtime_end")


def csv_text(cases: Sequence[Case]) -> str:
    """Times in ISO 8601 UTC."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for case in cases:
        row = _row(case)
        writer.writerow(_cell(name, row[name]) for name in _COLUMNS)
    return out.getvalue()


def _row(case: Case) -> dict[str, Any]:
    down = case.downtime
    return {name: getattr(case, name, None) for name in _COLUMNS} | {
        "asset": case.asset.tag if case.asset else None,
        "asset_name": case.asset.name if case.asset else None,
        "sensor": case.sensor.tag if case.sensor else None,
        "device": case.device.name if case.device else None,
        "alarm": case.alarm.key if case.alarm else None,
        "assigned": case.assigned.name if case.assigned else None,
        "downtime_start": down.start if down else None,
        "downtime_end": down.end if down else None,
    }


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name in _TIMES:
        return iso(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(value) if isinstance(value, str) else value
