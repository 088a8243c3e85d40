"""Alarms on drawings."""

from __future__ import annotations

from typing import Any

from alarms.lists.by_sensor import by_sensor
from kernel.tenancy import TenantConnection
from twin.overlays import SensorAlarms


class AlarmOverlay:
    """Implements `twin.overlays.AlarmStates`."""

    def states(self, tenant: TenantConnection, sensors: list[str], at: int, now: int) -> dict[str, SensorAlarms]:
        found: dict[str, SensorAlarms] = {}
        for sensor, each in by_sensor(tenant, sensors, at, now).items():
            priority: Any = each.priority
            condition: Any = each.condition.value
            found[sensor] = SensorAlarms(priority, condition, each.alarms, each.key)
        return found
