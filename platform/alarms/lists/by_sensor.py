"""What each sensor's active alarms amount to, for drawings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from alarms.lists.listing import Listed
from alarms.lists.queries import alarms_as_of, alarms_now
from alarms.machine.model import Condition
from kernel.tenancy import TenantConnection

_RANK = {
    Condition.UNACKNOWLEDGED: 0,
    Condition.RETURNED: 1,
    Condition.ACKNOWLEDGED: 2,
    Condition.LATCHED: 3,
    Condition.NORMAL: 4,
}


class Amount(NamedTuple):
    """`condition`: the most urgent one of them; `priority`, `key`: those of the most important alarm."""

    priority: int
    condition: Condition
    alarms: int
    key: str


def by_sensor(tenant: TenantConnection, sensors: Collection[str], at: int, now: int) -> dict[str, Amount]:
    """Of those of the sensors that have an active alarm at the moment."""
    moment = alarms_now(tenant, now) if at >= now else alarms_as_of(tenant, at)
    return amounts(moment.alarms, sensors)


def amounts(alarms: Iterable[Listed], sensors: Collection[str]) -> dict[str, Amount]:
    wanted, found = set(sensors), defaultdict[str, list[Listed]](list)
    for alarm in alarms:
        if alarm.about.target.id in wanted and alarm.is_active:
            found[alarm.about.target.id].append(alarm)
    return {sensor: _amount(them) for sensor, them in found.items()}


def _amount(alarms: list[Listed]) -> Amount:
    first = min(alarms, key=lambda each: (each.about.priority, _RANK[each.state.condition], each.key))
    condition = min((each.state.condition for each in alarms), key=_RANK.__getitem__)
    return Amount(first.about.priority, condition, len(alarms), first.key)
