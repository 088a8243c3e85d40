"""Totals as CSV: one line for each period, its start and end by the clock of its zone. Pure."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import UNSET

from analysis.totals.models import Period, Totals
from catalog.models import Sensor
from historian.http.csv_export import heading
from kernel.spreadsheets import escape_formula

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIGURES = {"continuous": ("mean", "min", "max"), "counter": ("increase",)}


def totals_csv(sensor: Sensor, totals: Totals) -> str:
    """Times in ISO 8601 with their offset; times in states in seconds."""
    zone = ZoneInfo(totals.zone)
    figures = _FIGURES.get(sensor.kind, ())
    states = _states(totals)
    titles = ["start", "end", "samples", *(heading(sensor, figure) for figure in figures)]
    titles += [escape_formula(f"{sensor.states.get(state, state)} (s)") for state in states]
    if sensor.kind != "counter":
        titles.append("unknown (s)")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles)
    for period in totals.results:
        cells = [_local(period.start, zone), _local(period.end, zone), period.count]
        cells += [_cell(getattr(period, figure)) for figure in figures]
        cells += [_seconds(_held(period, state)) for state in states]
        if sensor.kind != "counter":
            cells.append(_seconds(period.unknown))
        writer.writerow(cells)
    return out.getvalue()


def _states(totals: Totals) -> list[str]:
    """Every state that a period has, in their order of appearance."""
    return list(dict.fromkeys(state for period in totals.results for state in period.states or ()))


def _held(period: Period, state: str) -> int | None:
    return period.states.get(state, 0) if isinstance(period.states, dict) else None


def _local(moment: int, zone: ZoneInfo) -> str:
    return (_EPOCH + timedelta(milliseconds=moment)).astimezone(zone).isoformat()


def _cell(value: object) -> object:
    return "" if value is None or value is UNSET else value


def _seconds(ms: object) -> object:
    return ms / 1000 if isinstance(ms, int) else ""
