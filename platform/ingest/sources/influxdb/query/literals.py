"""Literals of InfluxQL: quoted names, texts, durations and times. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

NS = {
    "ns": 1, "u": 10**3, "µ": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
    "d": 86_400 * 10**9, "w": 7 * 86_400 * 10**9,
}  # fmt: skip
_PART = re.compile(r"([0-9]+)(ns|ms|u|µ|s|m|h|d|w)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unquoted(text: str) -> str:
    """Without its quotation marks and escapes."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])


def parse_duration(text: str) -> int:
    """In ns: `1h30m`."""
    return sum(int(number) * NS[unit] for number, unit in _PART.findall(text))


def write_duration(ns: int) -> str:
    for unit in ("w", "d", "h", "m", "s", "ms", "u"):
        if ns % NS[unit] == 0:
            return f"{ns // NS[unit]}{unit}"
    return f"{ns}ns"


def parse_moment(text: str, zone: tzinfo) -> int | None:
    """Epoch ns of a date or time as InfluxDB takes it, in `zone` unless it names its own; None if it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{'+00:00' if offset == 'Z' else offset or ''}")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    return seconds * NS["s"] + int((fraction or "").ljust(9, "0"))
