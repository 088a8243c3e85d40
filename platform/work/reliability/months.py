"""Months of a time zone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.times import TimeRange

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def months_of(span: TimeRange, zone: ZoneInfo) -> Iterator[TimeRange]:
    """The months that a span touches, cut to it."""
    local = (_EPOCH + timedelta(milliseconds=span.start)).astimezone(zone)
    year, month, start = local.year, local.month, span.start
    while start < span.end:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = (datetime(year, month, 1, tzinfo=zone) - _EPOCH) // timedelta(milliseconds=1)
        yield TimeRange(start, min(end, span.end))
        start = end
