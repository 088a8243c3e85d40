"""Alarms on drawings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alarms.lists.by_sensor import Amount, by_sensor
from alarms.lists.playback import runs_by_sensor
from kernel.tenancy import TenantConnection
from twin.overlays import SensorAlarmRun, SensorAlarms


class AlarmOverlay:
    """Implements `twin.overlays.AlarmStates`."""

    def states(self, tenant: TenantConnection, sensors: list[str], at: int, now: int) -> dict[str, SensorAlarms]:
        return {sensor: _shown(each) for sensor, each in by_sensor(tenant, sensors, at, now).items()}

    def runs(
        self, tenant: TenantConnection, sensors: list[str], frames: Sequence[int], now: int
    ) -> dict[str, list[SensorAlarmRun]] | None:
        found = runs_by_sensor(tenant, sensors, [min(frame, now) for frame in frames])
        return (
            None
            if found is None
            else {
                sensor: [SensorAlarmRun(each.start, each.end, _shown(each.amount)) for each in runs]
                for sensor, runs in found.items()
            }
        )


def _shown(amount: Amount) -> SensorAlarms:
    priority: Any = amount.priority
    condition: Any = amount.condition.value
    return SensorAlarms(priority, condition, amount.alarms, amount.key)
