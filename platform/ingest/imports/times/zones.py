"""Local times as UTC, whole columns at once, with the hours that a clock change repeats or skips."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from kernel.errors import BadRequest

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SECOND = 1_000_000_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_STEP = timedelta(days=7)  # no zone ever changed its clock twice in a week
_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(0?\d|1[0-4]):?([0-5]\d)?")
_FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class Zone:
    """Periods of one offset: `starts` (UTC, ns), `offsets` (ns) and the offset of each abbreviation (`CST`)."""

    name: str
    starts: Ints
    offsets: Ints
    abbreviations: dict[str, int]

    @property
    def changes(self) -> bool:
        """Whether it has clock changes."""
        return len(self.starts) > 1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Readings of local times: `first` and `second` differ in a repeated hour; `skipped` times never occurred."""

    first: Ints
    second: Ints
    repeated: Flags
    skipped: Flags


@lru_cache(maxsize=64)
def zone_of(name: str) -> Zone:
    """The zone's clock changes; a fixed offset such as -05:00 has none. BadRequest for a name that is neither."""
    if fixed := _FIXED.fullmatch(name):
        sign, hours, minutes = fixed.groups()
        seconds = (int(hours) * 3600 + int(minutes or 0) * 60) * (-1 if sign == "-" else 1)
        return Zone(name, np.array([-_FAR], np.int64), np.array([seconds * SECOND], np.int64), {})
    try:
        info = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest(
            f"There is no time zone {name!r}; write it as Asia/Dubai, UTC or -05:00.", slug="bad-zone"
        ) from None
    starts, offsets, names = [-_FAR], [], {}
    moment, last = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)
    offset = _offset(info, moment)
    offsets.append(offset)
    names[str(moment.astimezone(info).tzname())] = offset
    while moment < last:
        following = moment + _STEP
        if (changed := _offset(info, following)) != offset:
            change = _change(info, moment, following)
            starts.append(int(change.timestamp()) * SECOND)
            offsets.append(changed)
            names[str(change.astimezone(info).tzname())] = offset = changed
        moment = following
    return Zone(name, np.array(starts, np.int64), np.array(offsets, np.int64), names)


def candidates(zone: Zone, local: Ints) -> Candidates:
    """Both readings of local times (ns as if UTC). A skipped time takes the offset before the change."""
    later = np.searchsorted(zone.starts + zone.offsets, local, "right") - 1
    later = np.maximum(later, 0)
    second = local - zone.offsets[later]
    before = np.maximum(later - 1, 0)
    earlier = local - zone.offsets[before]
    repeated = (later > 0) & (earlier < zone.starts[later])
    ends = np.append(zone.starts[1:], _FAR)
    return Candidates(np.where(repeated, earlier, second), second, repeated, second >= ends[later])


def repeated_hour(zone: Zone, local: int) -> tuple[int, int] | None:
    """Start and end (local, ns) of the repeated hour that contains a local time."""
    change = int(np.searchsorted(zone.starts + zone.offsets, local, "right")) - 1
    if change < 1:
        return None
    start, end = (int(zone.starts[change] + zone.offsets[each]) for each in (change, change - 1))
    return (start, end) if local < end else None


def repeats(zone: Zone, utc: Ints) -> Flags:
    """Whether the times (UTC, ns) lie in an hour that the zone's clocks show twice."""
    if not zone.changes:
        return np.zeros(len(utc), bool)
    found = candidates(zone, utc + zone.offsets[np.searchsorted(zone.starts, utc, "right") - 1])
    return found.repeated


def offset_text(offset: int) -> str:
    """Such as -05:00."""
    minutes = abs(offset) // (60 * SECOND)
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _offset(info: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(info).utcoffset() or timedelta(0)
    return int(offset.total_seconds()) * SECOND


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second at which the offset of `low` ends, by bisection."""
    offset = _offset(info, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(info, middle) == offset else (low, middle)
    return high
