"""A version's expression, with the sensors that it is about and its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.calculated.models import CalculatedVersion, OperandSensor
from catalog.expressions.expression import InvalidExpression, Node, operands
from catalog.expressions.parse import parse
from catalog.expressions.quantities import quantity_of, result_unit
from catalog.expressions.sensors import named_sensor
from catalog.models import Sensor
from catalog.snapshot import Snapshot
from catalog.units import canonical
from kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Definition:
    """`sensors`: by the names that the expression has for them."""

    root: Node
    sensors: Mapping[str, Sensor]
    unit: str

    @property
    def units(self) -> dict[str, str]:
        return {name: sensor.unit for name, sensor in self.sensors.items()}

    @property
    def operands(self) -> list[OperandSensor]:
        return [OperandSensor(name, sensor.id) for name, sensor in self.sensors.items()]


def define(snapshot: Snapshot, site: str, expression: str, unit: str | None) -> Definition:
    """From what somebody wrote; `site`: whose tags it means. Raises InvalidExpression."""
    root = parse(expression)
    sensors = {name: named_sensor(snapshot, site, name) for name in operands(root)}
    return _checked(root, sensors, None if unit is None else _unit(unit))


def defined(snapshot: Snapshot, version: CalculatedVersion) -> Definition:
    """From what is stored. Raises Conflict if a sensor is gone, or measures something else now."""
    sensors = {}
    for operand in version.operands:
        sensor = snapshot.sensors.get(operand.sensor)
        if sensor is None:
            raise Conflict(
                f"{{{operand.name}}} ({operand.sensor}) has been deleted; change the expression.", slug="operand-gone"
            )
        sensors[operand.name] = sensor
    try:
        return _checked(parse(version.expression), sensors, version.unit)
    except InvalidExpression as error:
        raise Conflict(
            f"The units of its sensors have changed and are no longer compatible: {error.detail}", slug="units-changed"
        ) from None


def _checked(root: Node, sensors: Mapping[str, Sensor], unit: str | None) -> Definition:
    units = {name: sensor.unit for name, sensor in sensors.items()}
    candidates: Sequence[str] = list(dict.fromkeys(units.values()))
    return Definition(root, sensors, result_unit(quantity_of(root, units), unit, list(candidates)))


def _unit(text: str) -> str:
    try:
        return canonical(text)
    except ValueError as error:
        raise InvalidExpression(str(error), "unit") from None
