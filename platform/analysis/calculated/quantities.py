"""Checks the units of an expression. Pure.

Every value is calculated in base units of the SI, so quantities of different units may be mixed, and dimensions are all
that has to be checked. Temperatures on a scale with an offset (°C, °F) are points, others (K) are differences, and only
sums of these whose points cancel out, or add up to one, mean anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.calculated.expression import (
    Arithmetic,
    Call,
    Compared,
    InvalidExpression,
    Logic,
    Measured,
    Negative,
    Node,
    Not,
    Number,
    Operand,
    Power,
)
from catalog.units import COMMON_UNITS
from catalog.units.dimensions import PLAIN, TEMPERATURE, Dimensions, SiUnit, si_unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a part of an expression is.

    `points`: of temperatures, how many points on a scale they add up to: 1 of a point, 0 of a difference; None where
    that is not defined. `constant`: a plain number that is known. `truth`: a condition, and no number.
    """

    dimensions: Dimensions
    points: float | None = 0.0
    constant: float | None = None
    truth: bool = False


_TRUTH = Quantity(PLAIN, truth=True)
_NUMBER = Quantity(PLAIN)


def quantity_of(node: Node, units: Mapping[str, str]) -> Quantity:
    """`units`: those of the sensors, by the names that the expression has for them. Raises InvalidExpression."""
    match node:
        case Number(value, unit):
            found = measured_in(unit)
            return Quantity(found.dimensions, _points_of(found), None if unit else value)
        case Operand(name):
            found = measured_in(units[name], f"{{{name}}} is measured in")
            return Quantity(found.dimensions, _points_of(found))
        case Negative(of):
            found_of = _value(of, units)
            return _scaled(found_of, -1.0)
        case Arithmetic("+" | "-" as operator, left, right):
            return _sum(operator, _value(left, units), _value(right, units))
        case Arithmetic(operator, left, right):
            return _product(operator, _value(left, units), _value(right, units))
        case Power(base, exponent):
            found_of = _value(base, units)
            powers = tuple((name, power * exponent) for name, power in found_of.dimensions)
            return Quantity(powers, _undefined_if_temperature(powers))
        case Compared(operator, left, right):
            _same(_value(left, units), _value(right, units), f"compares ({operator})")
            return _TRUTH
        case Logic(operator, left, right):
            _condition(left, units, f"`{operator}` combines")
            _condition(right, units, f"`{operator}` combines")
            return _TRUTH
        case Not(of):
            _condition(of, units, "`not` reverses")
            return _TRUTH
        case Measured(function, of, unit):
            return _measured(function, _value(of, units), measured_in(unit), unit)
        case Call("if", (condition, one, other)):
            _condition(condition, units, "`if` first takes")
            return _same(_value(one, units), _value(other, units), "`if` chooses between")
        case Call(function, arguments):
            return _called(function, [_value(argument, units) for argument in arguments])
    raise AssertionError(node)


def measured_in(unit: str, what: str = "has the unit") -> SiUnit:
    found = si_unit(unit)
    if found is None:
        raise InvalidExpression(f"{what} {unit}, which cannot be calculated with.")
    return found


def result_unit(found: Quantity, wanted: str | None, candidates: list[str]) -> str:
    """The unit of the result: the wanted one if it fits; without one the first that does, of `candidates` and then of
    the common units; of a plain number none. Raises InvalidExpression.
    """
    if found.truth:
        raise InvalidExpression("is a condition; for a number write if(…, 1, 0).")
    if found.points is None or not any(math.isclose(found.points, points, abs_tol=1e-9) for points in (0, 1)):
        raise InvalidExpression(
            "adds or multiplies temperatures in °C or °F so that the result has no meaning: take differences or "
            "means of them, or number(…, [K])."
        )
    if wanted is not None:
        _check_fits(found, wanted)
        return wanted
    if found.dimensions == PLAIN:
        return ""
    names = [*candidates, *(unit.unit for unit in COMMON_UNITS)]
    for name in names:
        unit = si_unit(name)
        if unit is not None and unit.dimensions == found.dimensions and bool(unit.offset) == bool(round(found.points)):
            return name
    raise InvalidExpression(f"has the dimension {text_of(found.dimensions)}: name its unit.", "unit")


def _check_fits(found: Quantity, wanted: str) -> None:
    unit = si_unit(wanted)
    if unit is None:
        raise InvalidExpression(f"nothing can be calculated in {wanted}.", "unit")
    if unit.dimensions != found.dimensions:
        raise InvalidExpression(
            f"{wanted or 'a plain number'} is {text_of(unit.dimensions)}, and the result is "
            f"{text_of(found.dimensions)}.",
            "unit",
        )
    if unit.offset and not round(found.points or 0):
        raise InvalidExpression(f"the result is a difference of temperatures: in K, not in {wanted}.", "unit")


def text_of(dimensions: Dimensions) -> str:
    """Such as [length]^3·[time]^-1."""
    if not dimensions:
        return "a plain number"
    return "·".join(name if power == 1 else f"{name}^{power:g}" for name, power in dimensions)


def _points_of(unit: SiUnit) -> float:
    return 1.0 if unit.offset else 0.0


def _value(node: Node, units: Mapping[str, str]) -> Quantity:
    found = quantity_of(node, units)
    if found.truth:
        raise InvalidExpression("has a condition where a number belongs; write if(…, 1, 0).")
    return found


def _condition(node: Node, units: Mapping[str, str], what: str) -> None:
    if not quantity_of(node, units).truth:
        raise InvalidExpression(f"{what} a condition, such as {{XS-101}} == 1.")


def _same(left: Quantity, right: Quantity, what: str) -> Quantity:
    if left.dimensions != right.dimensions:
        raise InvalidExpression(
            f"{what} {text_of(left.dimensions)} and {text_of(right.dimensions)}. "
            "Give numbers their unit, as in 30 [°C]."
        )
    if left.points is None or right.points is None or not math.isclose(left.points, right.points, abs_tol=1e-9):
        raise InvalidExpression(f"{what} a temperature and a difference of temperatures; °C is one, K the other.")
    return replace(left, constant=None)


def _sum(operator: str, left: Quantity, right: Quantity) -> Quantity:
    what = "adds" if operator == "+" else "subtracts"
    if left.dimensions != right.dimensions:
        raise InvalidExpression(
            f"{what} {text_of(left.dimensions)} and {text_of(right.dimensions)}. "
            "Give numbers their unit, as in 2 [bar]."
        )
    sign = 1 if operator == "+" else -1
    points = None if left.points is None or right.points is None else left.points + sign * right.points
    constant = None
    if left.constant is not None and right.constant is not None:
        constant = left.constant + sign * right.constant
    return Quantity(left.dimensions, points, constant)


def _product(operator: str, left: Quantity, right: Quantity) -> Quantity:
    if right.constant is not None and (operator == "*" or right.constant):
        return _scaled(left, right.constant if operator == "*" else 1 / right.constant)
    if left.constant is not None and operator == "*":
        return _scaled(right, left.constant)
    powers = dict(left.dimensions)
    for name, power in right.dimensions:
        powers[name] = powers.get(name, 0) + (power if operator == "*" else -power)
    dimensions = tuple(sorted((name, power) for name, power in powers.items() if power))
    defined = not (left.points or right.points) and None not in (left.points, right.points)
    return Quantity(dimensions, 0.0 if defined else _undefined_if_temperature(dimensions))


def _scaled(quantity: Quantity, factor: float) -> Quantity:
    points = None if quantity.points is None else quantity.points * factor
    constant = None if quantity.constant is None else quantity.constant * factor
    return replace(quantity, points=points, constant=constant)


def _undefined_if_temperature(dimensions: Dimensions) -> float | None:
    """The points of what is no sum of temperatures any more."""
    return None if dimensions == TEMPERATURE else 0.0


def _measured(function: str, found: Quantity, unit: SiUnit, name: str) -> Quantity:
    if function == "quantity":
        if found.dimensions != PLAIN:
            raise InvalidExpression(f"quantity gives a unit to a plain number, not to {text_of(found.dimensions)}.")
        return Quantity(unit.dimensions, _points_of(unit))
    _same_dimensions(found, unit, name)
    return _NUMBER


def _same_dimensions(found: Quantity, unit: SiUnit, name: str) -> None:
    if found.dimensions != unit.dimensions:
        raise InvalidExpression(
            f"number(…, [{name}]) takes {text_of(unit.dimensions)}, not {text_of(found.dimensions)}."
        )
    if unit.offset and (found.points is None or not math.isclose(found.points, 1, abs_tol=1e-9)):
        raise InvalidExpression(f"number(…, [{name}]) takes a temperature, not a difference of temperatures.")


def _called(function: str, arguments: list[Quantity]) -> Quantity:
    first = arguments[0]
    if function in ("min", "max"):
        for other in arguments[1:]:
            _same(first, other, f"{function} is of")
        return replace(first, constant=None)
    if function == "abs":
        return replace(first, constant=None, points=first.points if not first.points else None)
    if function == "sqrt":
        powers = tuple((name, power / 2) for name, power in first.dimensions)
        return Quantity(powers, _undefined_if_temperature(powers))
    if first.dimensions != PLAIN:
        raise InvalidExpression(f"{function} is of a plain number, not of {text_of(first.dimensions)}; use number(…).")
    return _NUMBER
