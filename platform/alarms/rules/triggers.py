"""The condition of a trigger at a target. Raises InvalidRule where the two do not fit."""

from __future__ import annotations

import math

from alarms.rules.conditions import AnyCondition
from alarms.rules.conditions.changes import FrozenCondition, RateCondition, StaleCondition
from alarms.rules.conditions.events import EventCountCondition
from alarms.rules.conditions.limits import DeviationCondition, LimitCondition, RangeCondition, StateCondition
from alarms.rules.conditions.several import (
    CalculatedCondition,
    DiscrepancyCondition,
    ExpressionCondition,
    Formula,
    SetPointCondition,
)
from alarms.rules.conditions.windows import WindowCondition
from alarms.rules.errors import InvalidRule, Problem, invalid
from alarms.rules.models import (
    Deviation,
    Discrepancy,
    EventCount,
    Expression,
    Frozen,
    InState,
    Limit,
    OutOfRange,
    Rate,
    Stale,
    Trigger,
)
from alarms.rules.targets import Scope, Target, other_sensor
from catalog.expressions.expression import InvalidExpression, operands
from catalog.expressions.parse import parse
from catalog.expressions.quantities import quantity_of
from catalog.models import Sensor
from kernel.suggest import did_you_mean

_OF_ONE_VALUE = (Limit, Rate, Frozen)


def condition_of(scope: Scope, target: Target, trigger: Trigger) -> AnyCondition:
    _check_numbers(trigger)
    if target.about.kind in ("device", "source"):
        return _of_contact(target, trigger)
    if target.calculated is not None:
        return _of_calculated(target, trigger)
    assert target.sensor is not None
    return _of_sensor(scope, target, target.sensor, trigger)


def _check_numbers(trigger: Trigger) -> None:
    for name in trigger.__struct_fields__:
        value = getattr(trigger, name)
        if isinstance(value, float) and not math.isfinite(value):
            raise invalid(f"trigger.{name}", "must be a finite number.")


def _of_contact(target: Target, trigger: Trigger) -> AnyCondition:
    match trigger:
        case Stale(after_s=after):
            return StaleCondition(target.about.id, _window(after))
        case EventCount() if target.about.kind == "device":
            return EventCountCondition(trigger.event_type, trigger.count, _window(trigger.window_s), target.about.tag)
    wanted = "stale or event_count" if target.about.kind == "device" else "stale"
    raise invalid("trigger.kind", f"does not fit a {target.about.kind}, which has no values; use {wanted}.")


def _of_calculated(target: Target, trigger: Trigger) -> AnyCondition:
    series = target.calculated
    assert series is not None
    if series.root is None:
        raise invalid("applies.calculated", f"{series.name} has no values: {series.broken}")
    fits = isinstance(trigger, _OF_ONE_VALUE) or (
        isinstance(trigger, Deviation) and not isinstance(trigger.set_point, str)
    )
    if not fits:
        raise invalid(
            "trigger.kind",
            f"does not fit {series.name}, which is calculated: use limit, deviation from a number, rate or frozen, or "
            "make the rule for its sensors.",
        )
    sensors = list(series.sensors.values())
    formula = Formula(
        series.root, tuple(series.sensors), tuple(s.id for s in sensors), tuple(s.unit for s in sensors), series.unit
    )
    return CalculatedCondition(series.id, formula, _of_value(series.id, trigger))


def _of_value(input: str, trigger: Trigger) -> AnyCondition:
    match trigger:
        case Limit():
            limit = LimitCondition(input, trigger.side, trigger.limit, trigger.deadband)
            window = trigger.window_s
            return limit if window is None else WindowCondition(_window(window), trigger.statistic, limit)
        case Deviation(set_point=float() | int() as set_point):
            return DeviationCondition(input, float(set_point), trigger.limit, trigger.side, trigger.deadband)
        case Rate():
            return RateCondition(input, trigger.limit, _window(trigger.window_s), trigger.side)
        case Frozen():
            return FrozenCondition(input, _window(trigger.after_s), trigger.within)
    raise AssertionError(trigger)


def _of_sensor(scope: Scope, target: Target, sensor: Sensor, trigger: Trigger) -> AnyCondition:
    if sensor.kind == "text" and isinstance(trigger, Limit | Deviation | Rate | Discrepancy | OutOfRange):
        raise invalid("trigger.kind", f"does not fit {sensor.tag}, which holds text; use state, stale or frozen.")
    match trigger:
        case Limit():
            _check_reachable(sensor, trigger)
            return _of_value(sensor.id, trigger)
        case Deviation(set_point=str() as name):
            other = _comparable(scope, target, sensor, name, "trigger.set_point")
            return SetPointCondition(sensor.id, other.id, trigger.limit, trigger.side, trigger.deadband)
        case Deviation() | Rate() | Frozen():
            return _of_value(sensor.id, trigger)
        case InState(states=states):
            return StateCondition(sensor.id, frozenset(_state(sensor, each) for each in states))
        case Discrepancy():
            other = _comparable(scope, target, sensor, trigger.command, "trigger.command")
            return DiscrepancyCondition(sensor.id, other.id, _window(trigger.within_s), trigger.tolerance)
        case Stale(after_s=after):
            return StaleCondition(sensor.id, _window(after))
        case OutOfRange(quality=quality):
            if sensor.range is None and not quality:
                raise invalid(
                    "trigger.kind", f"needs the range of {sensor.tag}: set it at the sensor, or `quality` here."
                )
            low, high = sensor.range or (-math.inf, math.inf)
            return RangeCondition(sensor.id, low, high, quality)
        case EventCount():
            return EventCountCondition(trigger.event_type, trigger.count, _window(trigger.window_s))
        case Expression(expression=text):
            return ExpressionCondition(formula_of(scope, target, text, "trigger.expression"))


def _check_reachable(sensor: Sensor, trigger: Limit) -> None:
    if sensor.range is None:
        return
    low, high = sensor.range
    beyond = trigger.limit >= high if trigger.side == "high" else trigger.limit <= low
    if beyond:
        side = "more" if trigger.side == "high" else "less"
        raise invalid(
            "trigger.limit",
            f"is {trigger.limit:g}, and {sensor.tag} never has {side}: its range is {low:g} to {high:g} {sensor.unit}. "
            "Is the unit right?",
        )


def _comparable(scope: Scope, target: Target, sensor: Sensor, name: str, field: str) -> Sensor:
    other = other_sensor(scope, target, name, field)
    if other.id == sensor.id:
        raise invalid(field, f"is {sensor.tag} itself; name another sensor.")
    if other.unit != sensor.unit:
        raise invalid(
            field,
            f"names {other.tag}, in {other.unit or 'no unit'}, and {sensor.tag} is in {sensor.unit or 'none'}: "
            "use a sensor of the same unit, or an expression.",
        )
    return other


def _state(sensor: Sensor, state: float | str) -> float | str:
    """A discrete sensor's value, by number or name; of a text sensor a text."""
    if sensor.kind == "text":
        if isinstance(state, str):
            return state
        raise invalid("trigger.states", f"has {state:g}, and {sensor.tag} holds text: write it in quotes.")
    if not isinstance(state, str):
        return float(state)
    for value, name in sensor.states.items():
        if name.casefold() == state.casefold() or value == state:
            return float(value)
    hint = did_you_mean(state, sensor.states.values())
    raise invalid("trigger.states", f"has “{state[:80]}”, which is no state of {sensor.tag}.{hint}")


def formula_of(scope: Scope, target: Target, text: str, field: str) -> Formula:
    """Of a condition."""
    try:
        root = parse(text)
        sensors = {name: other_sensor(scope, target, name, field) for name in operands(root)}
        units = {name: sensor.unit for name, sensor in sensors.items()}
        if not quantity_of(root, units).truth:
            raise InvalidExpression("is no condition; compare it with something, as in {TT-101} > 80 [°C].")
    except InvalidExpression as error:
        raise InvalidRule([Problem(field, error.detail.removeprefix("expression: "))]) from None
    ids = tuple(sensor.id for sensor in sensors.values())
    return Formula(root, tuple(sensors), ids, tuple(units.values()))


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def _window(seconds: float) -> int:
    """In ms, at least one."""
    return max(ms(seconds), 1)
