"""A rule's limits in the unit in which its sensor is shown now."""

from __future__ import annotations

from msgspec.structs import replace

from analysis.runs.models import RunRule
from catalog.models import Sensor
from historian.rungs.units import shown_value
from kernel.errors import Conflict


def in_shown_unit(sensor: Sensor, rule: RunRule) -> RunRule:
    """With limits that follow the sensor's samples when they are converted. Raises Conflict for any other change."""
    unit = rule.unit
    if rule.by != "threshold" or not unit or unit == sensor.unit:
        return rule
    stored = sensor.stored_as
    if stored is None or stored.unit != unit:
        raise Conflict(
            f"The limits are in {unit}, and {sensor.tag} is in {sensor.unit or 'no unit'} now: "
            "store the definition with limits in that.",
            slug="units-changed",
        )
    above, below = (None if limit is None else shown_value(stored, limit) for limit in (rule.above, rule.below))
    return replace(rule, above=above, below=below, unit=sensor.unit)
