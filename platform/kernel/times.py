"""Times and ranges. A time is an int: milliseconds since 1970-01-01 UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kernel.errors import BadRequest

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
NS_PER_MS = 1_000_000
EARLIEST = -8_520_336_000_000  # 1700-01-01; nanoseconds in an int64 span 1677 to 2262
LATEST = 9_214_646_400_000  # 2262-01-01
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[+-]?[0-9]{1,16}")
_SECONDS = re.compile(r"[+-]?[0-9]{10}")  # since September 2001; as milliseconds they would be in 1970
MAX_SHOWN = 80  # characters of an invalid time in an error
MAX_CHARS = 64


def parse_time(text: str, name: str) -> int:
    """Epoch ms of `text`: digits are epoch ms, else ISO 8601 with a zone. `name` is the parameter, for the error."""
    if len(text) > MAX_CHARS:
        raise _not_a_time(text, name)
    text = text.strip()
    if _SECONDS.fullmatch(text):
        raise BadRequest(
            f"{name}={text} looks like seconds: epoch milliseconds expected, such as {text}000.",
            slug="not-milliseconds",
            parameter=name,
        )
    moment = int(text) if _DIGITS.fullmatch(text) else _parse_iso(text, name)
    if not EARLIEST <= moment <= LATEST:
        raise BadRequest(
            f"{name}={text} is outside 1700-01-01 … 2262-01-01; numbers are milliseconds since 1970.",
            slug="time-out-of-range",
            parameter=name,
        )
    return moment


def _parse_iso(text: str, name: str) -> int:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise _not_a_time(text, name) from None
    if parsed.tzinfo is None:
        raise BadRequest(
            f"{name}={text} has no time zone. Add Z for UTC or an offset such as +04:00 (in a URL, + is written %2B).",
            slug="naive-time",
            parameter=name,
        )
    return (parsed - _EPOCH) // timedelta(milliseconds=1)


def _not_a_time(text: str, name: str) -> BadRequest:
    return BadRequest(
        f"{name}={text[:MAX_SHOWN]!r} is not a time. "
        "Send ISO 8601 with a zone (2026-03-14T09:42:00Z) or epoch milliseconds.",
        slug="not-a-time",
        parameter=name,
    )


def iso(moment: int) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-03-14T09:42:00.000Z`."""
    return (_EPOCH + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment % 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Half-open: `start <= t < end`, both in ms."""

    start: int
    end: int

    @property
    def width(self) -> int:
        return self.end - self.start
