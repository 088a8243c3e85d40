"""Times of day on a zone's clock: who is on duty, whether something is active, when quiet hours end. Pure.

All comparisons are of the zone's clock, so what is from 22:00 to 06:00 is that also when clocks change. Moments are
epoch ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from alarms.notification.models import (
    Active,
    Always,
    DuringShifts,
    QuietHours,
    Rotation,
    ShiftPlan,
    Weekly,
    WeeklyTimes,
)

_DAY = timedelta(days=1)


def on_duty(plan: ShiftPlan, t: int) -> list[str]:
    """Members, in the plan's order. A group of the rotation serves all shifts that begin on its days."""
    local = _local(plan.zone, t)
    if not plan.entries:
        return list(dict.fromkeys(_group(plan.rotation, local.date())))
    people: list[str] = []
    for entry in plan.entries:
        if (began := began_on(entry, local)) is not None:
            people += [*entry.people, *_group(plan.rotation, began)]
    return list(dict.fromkeys(people))


def is_active(active: Active, plans: Mapping[str, ShiftPlan], t: int) -> bool:
    match active:
        case Always():
            return True
        case Weekly(zone=zone, times=times):
            local = _local(zone, t)
            return any(began_on(each, local) is not None for each in times)
        case DuringShifts(plan):
            return plan in plans and bool(on_duty(plans[plan], t))


def quiet_until(quiet: QuietHours, t: int) -> int | None:
    """When the quiet hours of that moment end; None: there are none."""
    every_day = WeeklyTimes(days=[1, 2, 3, 4, 5, 6, 7], start=quiet.start, end=quiet.end)
    if began_on(every_day, _local(quiet.zone, t)) is None:
        return None
    return next_time(quiet.end, quiet.zone, t)


def next_time(at: str, zone: str, t: int) -> int:
    """The first moment after `t` at which the clock shows `at`; if it skips that, the moment as long after the skip."""
    day = _local(zone, t).date() - _DAY
    while True:
        naive = datetime.combine(day, time.fromisoformat(at))
        for fold in (0, 1):  # an hour that the clock shows twice
            moment = round(naive.replace(tzinfo=_zone(zone), fold=fold).timestamp() * 1000)
            if moment > t:
                return moment
        day += _DAY


def began_on(times: WeeklyTimes, local: datetime) -> date | None:
    """The day on which these times began, if they hold at that moment of the clock."""
    now, start, end = local.hour * 60 + local.minute, _minutes(times.start), _minutes(times.end)
    today = local.date()
    if start < end:
        return today if start <= now < end and today.isoweekday() in times.days else None
    if now >= start and today.isoweekday() in times.days:
        return today
    yesterday = today - _DAY
    return yesterday if now < end and yesterday.isoweekday() in times.days else None


def _group(rotation: Rotation | None, day: date) -> Iterable[str]:
    if rotation is None:
        return ()
    turn = (day - date.fromisoformat(rotation.begins)).days // rotation.days
    return rotation.groups[turn % len(rotation.groups)] if turn >= 0 else ()


def _local(zone: str, t: int) -> datetime:
    return datetime.fromtimestamp(t / 1000, _zone(zone))


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
