"""Dates of maintenance, by the calendar of a time zone. Pure."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.times import LATEST
from work.plans.models import CalendarDue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "years": 12}


def due_after(since: int, every: CalendarDue, zone: ZoneInfo) -> int:
    """Epoch ms. At the same time of the local clock; on the last day of a month that is too short."""
    local = (_EPOCH + timedelta(milliseconds=since)).astimezone(zone).replace(tzinfo=None)
    try:
        if every.unit in _DAYS:
            local += timedelta(days=every.count * _DAYS[every.unit])
        else:
            months = local.year * 12 + local.month - 1 + every.count * _MONTHS[every.unit]
            year, month = months // 12, months % 12 + 1
            local = local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError):  # beyond the year 9999
        return LATEST
    return min(LATEST, (local.replace(tzinfo=zone) - _EPOCH) // timedelta(milliseconds=1))
