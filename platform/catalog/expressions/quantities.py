"""Checks the units of an expression. Pure.

Every value is calculated in base units of the SI, so quantities of different units may be mixed, and dimensions are all
that has to be checked, and what sets units apart that the catalog does not convert: apparent, reactive and real power,
normal cubic metres, gauge pressure. Temperatures on a scale with an offset (°C, °F) are points, others (K) are
differences, and only sums of these whose points cancel out, or add up to one, mean anything. Gauge pressures are
points, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.expressions.expression import (
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
    that is not defined. `constant`: a plain number that is known. `truth`: a condition, and no number. `apart`: as of
    its unit; None of a product, such as that of a voltage and a current, which may be either.
    """

    dimensions: Dimensions
    points: float | None = 0.0
    constant: float | None = None
    truth: bool = False
    apart: str | None = None


GAUGE = "gauge"
_TRUTH = Quantity(PLAIN, truth=True)
_NUMBER = Quantity(PLAIN)


def quantity_of(node: Node, units: Mapping[str, str]) -> Quantity:
    """`units`: those of the sensors, by the names that the expression has for them. Raises InvalidExpression."""
    match node:
        case Number(value, unit):
            found = measured_in(unit)
            return Quantity(found.dimensions, _points_of(found), None if unit else value, apart=found.apart)
        case Operand(name):
            found = measured_in(units[name], f"{{{name}}} is measured in")
            return Quantity(found.dimensions, _points_of(found), apart=found.apart)
        case Negative(of):
            found_of = _value(of, units)
            return _scaled(found_of, -1.0)
        case Arithmetic("+" | "-" as operator, left, right):
            return _sum(operator, _value(left, units), _value(right, units))
        case Arithmetic(operator, left, right):
            return _product(operator, _value(left, units), _value(right, units))
        case Power(base, exponent):
            found_of = _absolute(_value(base, units))
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
            "adds or multiplies temperatures in °C or °F, or gauge pressures, so that the result has no meaning: take "
            "differences or means of them, or number(…, [K])."
        )
    if wanted is not None:
        _check_fits(found, wanted)
        return wanted
    if found.dimensions == PLAIN:
        return ""
    names = [*candidates, *(unit.unit for unit in COMMON_UNITS)]
    for name in names:
        unit = si_unit(name)
        if (
            unit is not None
            and (unit.dimensions, unit.apart or "") == (found.dimensions, found.apart or "")
            and _points_of(unit) == round(found.points)
        ):
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
    if not _alike(found.apart, unit.apart):
        raise InvalidExpression(_different("has the unit", found.apart, unit.apart), "unit")
    if unit.offset and not round(found.points or 0):
        raise InvalidExpression(f"the result is a difference of temperatures: in K, not in {wanted}.", "unit")


def text_of(dimensions: Dimensions) -> str:
    """Such as [length]^3·[time]^-1."""
    if not dimensions:
        return "a plain number"
    return "·".join(name if power == 1 else f"{name}^{power:g}" for name, power in dimensions)


def _points_of(unit: SiUnit) -> float:
    return 1.0 if unit.offset or unit.apart == GAUGE else 0.0


def _alike(left: str | None, right: str | None) -> bool:
    return left == right or (None in (left, right) and GAUGE not in (left, right))


_NAMES = {
    "": "other units", None: "other units", GAUGE: "gauge pressure (barg, psig)", "apparent": "apparent power (kVA)",
    "reactive": "reactive power (kvar)", "normal": "volume at normal conditions (Nm³/h)",
    "humidity": "relative humidity (%RH)", "weighted": "weighted sound (dBA)",
}  # fmt: skip


def _different(what: str, left: str | None, right: str | None) -> str:
    return (
        f"{what} {_NAMES[left]} and {_NAMES[right]}, which do not convert into each other; where they may be mixed, "
        "say how, as in quantity(number({PT-1}, [barg]), [bar]) + 1.013 [bar]."
    )


def _absolute(found: Quantity) -> Quantity:
    if found.apart == GAUGE:
        raise InvalidExpression(
            "multiplies or divides a gauge pressure, which depends on that of the atmosphere: take a difference, or "
            "add the atmosphere's, as in quantity(number({PT-1}, [barg]), [bar]) + 1.013 [bar]."
        )
    return found


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
    if not _alike(left.apart, right.apart):
        raise InvalidExpression(_different(what, left.apart, right.apart))
    if left.points is None or right.points is None or not math.isclose(left.points, right.points, abs_tol=1e-9):
        raise InvalidExpression(f"{what} a temperature and a difference of temperatures; °C is one, K the other.")
    return replace(left, constant=None, apart=right.apart if left.apart is None else left.apart)


def _sum(operator: str, left: Quantity, right: Quantity) -> Quantity:
    what = "adds" if operator == "+" else "subtracts"
    if left.dimensions != right.dimensions:
        raise InvalidExpression(
            f"{what} {text_of(left.dimensions)} and {text_of(right.dimensions)}. "
            "Give numbers their unit, as in 2 [bar]."
        )
    if not _alike(left.apart, right.apart):
        raise InvalidExpression(_different(what, left.apart, right.apart))
    apart = right.apart if left.apart is None else left.apart
    sign = 1 if operator == "+" else -1
    points = None if left.points is None or right.points is None else left.points + sign * right.points
    if apart == GAUGE and points is not None and math.isclose(points, 0, abs_tol=1e-9):
        apart = ""  # a difference of pressures
    constant = None
    if left.constant is not None and right.constant is not None:
        constant = left.constant + sign * right.constant
    return Quantity(left.dimensions, points, constant, apart=apart)


def _product(operator: str, left: Quantity, right: Quantity) -> Quantity:
    if right.constant is not None and (operator == "*" or right.constant):
        return _scaled(left, right.constant if operator == "*" else 1 / right.constant)
    if left.constant is not None and operator == "*":
        return _scaled(right, left.constant)
    left, right = _absolute(left), _absolute(right)
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
        return Quantity(unit.dimensions, _points_of(unit), apart=unit.apart)
    _same_dimensions(found, unit, name)
    return _NUMBER


def _same_dimensions(found: Quantity, unit: SiUnit, name: str) -> None:
    if found.dimensions != unit.dimensions:
        raise InvalidExpression(
            f"number(…, [{name}]) takes {text_of(unit.dimensions)}, not {text_of(found.dimensions)}."
        )
    if not _alike(found.apart, unit.apart):
        raise InvalidExpression(_different(f"number(…, [{name}]) takes", unit.apart, found.apart))
    if unit.offset and (found.points is None or not math.isclose(found.points, 1, abs_tol=1e-9)):
        raise InvalidExpression(f"number(…, [{name}]) takes a temperature, not a difference of temperatures.")


def _called(function: str, arguments: list[Quantity]) -> Quantity:
    first = arguments[0]
    if function in ("min", "max"):
        for other in arguments[1:]:
            first = _same(first, other, f"{function} is of")
        return replace(first, constant=None)
    if function == "abs":
        return replace(first, constant=None, points=first.points if not first.points else None)
    if function == "sqrt":
        powers = tuple((name, power / 2) for name, power in _absolute(first).dimensions)
        return Quantity(powers, _undefined_if_temperature(powers))
    if first.dimensions != PLAIN:
        raise InvalidExpression(f"{function} is of a plain number, not of {text_of(first.dimensions)}; use number(…).")
    return _NUMBER
