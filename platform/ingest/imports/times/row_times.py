"""Times that are not complete in a cell: rows at a fixed interval, dates in file names, durations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from ingest.imports.times.parser import TimeParser
from ingest.imports.times.zones import SECOND, Flags, Ints, Zone, candidates
from kernel.errors import BadRequest
from kernel.times import EARLIEST, LATEST, NS_PER_MS, parse_time

DAY = 86_400 * SECOND
_EPOCH_DIGITS = re.compile(r"[0-9]{10}|[0-9]{12,13}")  # eight digits are a date
_UNITS = {"ms": SECOND // 1000, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND, "d": DAY}
_DURATION = re.compile(r"(-?)([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(ms|s|min|h|d)")
_FIELDS = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{2}", "d": "[0-9]{2}", "H": "[0-9]{2}", "M": "[0-9]{2}",
    "S": "[0-9]{2}", "j": "[0-9]{3}", "b": "[A-Za-z]{3}",
}  # fmt: skip
_WIDTHS = {"Y": 4, "j": 3, "b": 3}  # other fields have two characters
MAX_PATTERN_CHARS = 200
MAX_DURATION = 36_525 * DAY
_END_NS = LATEST * NS_PER_MS
_MAX_DAYS = _END_NS // DAY


def parse_duration(text: str, key: str) -> int:
    """ns of `30min`, `-1h`, `1.5 s`, at most a century. BadRequest names the mapping's key."""
    found = _DURATION.fullmatch(text.strip()[:40])
    if found is None:
        raise BadRequest(
            f"The mapping is not valid: `{key}` is {text[:40]!r}, not a duration such as 500ms, 15s, 30min, 1h or -1d.",
            slug="bad-mapping",
        )
    sign, number, unit = found.groups()
    ns = round(float(number) * _UNITS[unit])
    if ns > MAX_DURATION:
        raise BadRequest(
            f"The mapping is not valid: `{key}` is {text[:40]!r}, longer than {MAX_DURATION // DAY:,} days.",
            slug="bad-mapping",
        )
    return -ns if sign else ns


def parse_start(text: str, zone: Zone) -> int:
    """A time in UTC: epoch ms, or ISO 8601, in the zone unless it carries one. BadRequest."""
    if _EPOCH_DIGITS.fullmatch(text.strip()[:40]):
        return parse_time(text, "time.start") * NS_PER_MS
    stamps = TimeParser(["iso"], zone).parse(pa.array([text[:100]]))
    if not stamps.ok[0]:
        raise BadRequest(
            f"The mapping is not valid: `time.start` is {text[:60]!r}, not a time such as 2024-05-01 00:00.",
            slug="bad-mapping",
        )
    start = int(stamps.ns[0] if stamps.zoned[0] else candidates(zone, stamps.ns).first[0])
    if not EARLIEST <= start // NS_PER_MS <= LATEST:
        raise BadRequest(
            f"The mapping is not valid: `time.start` is {text[:60]!r}; times lie between 1700-01-01 and 2262-01-01.",
            slug="bad-mapping",
        )
    return start


@dataclass(frozen=True, slots=True)
class _Part:
    """The part between two `*`; all texts that match it have the same length."""

    pattern: re.Pattern[str]
    width: int


class DateInName:
    """A pattern of file names with strptime's fields, `*` for anything: `meter-*_%Y%m%d.csv`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._fields: list[str] = []
        self._parts = [self._part(part) for part in text[:MAX_PATTERN_CHARS].split("*")]
        if not self._fields or len(set(self._fields)) < len(self._fields) or len(text) > MAX_PATTERN_CHARS:
            raise _wrong(f"{text[:60]!r}; it needs fields such as %Y%m%d, each once")

    def read(self, name: str) -> datetime:
        """The date in a name. BadRequest if the name does not match."""
        values = self._values(name)
        try:
            if values is None:
                raise ValueError
            return datetime.strptime(" ".join(values), " ".join(f"%{field}" for field in self._fields))  # noqa: DTZ007
        except ValueError:
            raise BadRequest(
                f"The name {name} does not fit the mapping's time.date_in_name {self.text!r}; `*` stands for anything, "
                "and `files` may give other files another one.",
                slug="bad-mapping",
            ) from None

    def _values(self, name: str) -> list[str] | None:
        """Each part at its first match after the previous one, the last at the end: one pass over the name."""
        first, *others = self._parts
        last = others.pop() if others else None
        at, values = 0, list[str]()
        for number, part in enumerate([first, *others]):
            found = part.pattern.search(name, at) if number else part.pattern.match(name)
            if found is None:
                return None
            values += found.groups()
            at = found.end()
        if last is None:
            return values if at == len(name) else None
        found = last.pattern.fullmatch(name, len(name) - last.width) if len(name) - last.width >= at else None
        return None if found is None else [*values, *found.groups()]

    def _part(self, text: str) -> _Part:
        pattern, place, width = "", 0, 0
        while place < len(text):
            if text[place] != "%":
                pattern, place, width = pattern + re.escape(text[place]), place + 1, width + 1
                continue
            field = text[place + 1 : place + 2]
            if field not in _FIELDS:
                raise _wrong(f"{self.text[:60]!r}; its fields are {', '.join(f'%{name}' for name in _FIELDS)}")
            self._fields.append(field)
            pattern, place, width = f"{pattern}({_FIELDS[field]})", place + 2, width + _WIDTHS.get(field, 2)
        return _Part(re.compile(pattern), width)


def _wrong(what: str) -> BadRequest:
    return BadRequest(f"The mapping is not valid: `time.date_in_name` is {what}.", slug="bad-mapping")


class RowClock:
    """Times of one file's rows: the first one's (UTC, ns) and those that follow at an interval.

    A line that cannot be read counts as a row, so that the times after it are right.
    """

    def __init__(self, start: int, interval: int) -> None:
        self._start, self._interval, self._rows = start, interval, 0

    def times(self, lines: Ints, broken: Sequence[int]) -> Ints:
        """The times of the next rows, in these lines; other lines may be broken rows."""
        gone = np.sort(np.array(broken, np.int64))
        places = self._rows + np.arange(len(lines)) + np.searchsorted(gone, lines)
        self._rows += len(lines) + len(gone)
        last = min((_END_NS - self._start) // self._interval, _END_NS)  # later rows are beyond any time
        times: Ints = self._start + np.minimum(places, last) * self._interval
        return times


def moved(ns: Ints, by: Ints | int) -> Ints:
    """Times moved by a duration, but not beyond what nanoseconds can say, where they would begin again."""
    bounds = np.iinfo(np.int64)
    low, high = bounds.min + 1 - np.minimum(by, 0), bounds.max - np.maximum(by, 0)  # the very first is no time
    later: Ints = np.clip(ns, low, high) + by
    return later


class DayClock:
    """Rows with a time of day, starting on the day of their file; after midnight the next day begins."""

    def __init__(self) -> None:
        self._days, self._last = 0, -1
        self._asked: tuple[Ints, Ints] | None = None

    def days(self, ns: Ints, ok: Flags) -> Ints:
        """The days, in ns, to add to the times of the next rows."""
        rows = np.flatnonzero(ok)
        added = np.zeros(len(ns), np.int64)
        if len(rows):
            times = ns[rows]
            before = np.concatenate([[times[0] if self._last < 0 else self._last], times[:-1]])
            added[rows] = np.minimum(self._days + np.cumsum(times - before < -DAY // 2), _MAX_DAYS) * DAY
        self._asked = (np.where(ok, ns, -1), added)
        return added

    def keep(self, count: int) -> None:
        """Confirms that many of those rows; the others will be requested again."""
        if self._asked is not None and len(rows := np.flatnonzero(self._asked[0][:count] >= 0)):
            self._last, self._days = int(self._asked[0][rows[-1]]), int(self._asked[1][rows[-1]]) // DAY
