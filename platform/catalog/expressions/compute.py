"""Computes an expression. Pure numpy.

Values are in base units of the SI, conditions are 1 or 0, and NaN is a gap: what is made of one is one, and so is what
is not defined (a division by zero, a root or logarithm of a negative number) or not finite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.expressions.expression import (
    Arithmetic,
    Call,
    Compared,
    Logic,
    Measured,
    Negative,
    Node,
    Not,
    Number,
    Operand,
    Power,
)
from catalog.units import Conversion
from catalog.units.dimensions import SiUnit, si_unit

Floats = npt.NDArray[np.float64]
_ARITHMETIC = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_COMPARED = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
_FUNCTIONS: dict[str, Any] = {"abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "log10": np.log10}


def compute(root: Node, operands: Mapping[str, Floats], units: Mapping[str, str], unit: str) -> Floats:
    """`operands`: equally long, in their sensors' `units`, by name; the result is in `unit`."""
    values = {name: to_si(column, units[name]) for name, column in operands.items()}
    with np.errstate(all="ignore"):
        found = np.broadcast_to(_computed(root, values), np.shape(next(iter(values.values()))))
        return from_si(_finite(np.asarray(found, np.float64)), unit)


def to_si(values: Floats, unit: str) -> Floats:
    known = _known(unit)
    with np.errstate(over="ignore"):
        return np.asarray(values * known.factor + known.offset, np.float64)


def from_si(values: Floats, unit: str) -> Floats:
    """With the digits that a conversion there and back preserves; NaN stays."""
    known = _known(unit)
    gaps = np.isnan(values)
    conversion = Conversion(1 / known.factor, -known.offset / known.factor)
    found = conversion.to(np.where(gaps, 0.0, values))
    return np.where(gaps, np.nan, found)


def _known(unit: str) -> SiUnit:
    known = si_unit(unit)
    assert known is not None, unit  # checked with the expression
    return known


def _computed(node: Node, values: Mapping[str, Floats]) -> Any:
    match node:
        case Number(value, unit):
            return to_si(np.float64(value), unit)  # type: ignore[arg-type]
        case Operand(name):
            return values[name]
        case Negative(of):
            return -_computed(of, values)
        case Arithmetic(operator, left, right):
            return _finite(_ARITHMETIC[operator](_computed(left, values), _computed(right, values)))
        case Power(base, exponent):
            return _finite(np.power(_computed(base, values), float(exponent)))
        case Compared(operator, left, right):
            one, other = _computed(left, values), _computed(right, values)
            return _known_only(_COMPARED[operator](one, other), one, other)
        case Logic(operator, left, right):
            one, other = _computed(left, values), _computed(right, values)
            both = np.minimum(one, other) if operator == "and" else np.maximum(one, other)
            return _known_only(both, one, other)
        case Not(of):
            return 1.0 - _computed(of, values)
        case Measured("number", of, unit):
            known = _known(unit)
            return (_computed(of, values) - known.offset) / known.factor
        case Measured(_, of, unit):
            return to_si(_computed(of, values), unit)
        case Call("if", (condition, one, other)):
            chosen = _computed(condition, values)
            found = np.where(chosen == 1.0, _computed(one, values), _computed(other, values))
            return np.where(np.isnan(chosen), np.nan, found)
        case Call("min" | "max" as function, arguments):
            combine = np.minimum if function == "min" else np.maximum
            found = _computed(arguments[0], values)
            for argument in arguments[1:]:
                found = combine(found, _computed(argument, values))
            return found
        case Call(function, arguments):
            return _finite(_FUNCTIONS[function](_computed(arguments[0], values)))
    raise AssertionError(node)


def _known_only(found: Any, *parts: Any) -> Any:
    gap = np.isnan(parts[0])
    for part in parts[1:]:
        gap = gap | np.isnan(part)
    return np.where(gap, np.nan, np.asarray(found, np.float64))


def _finite(values: Any) -> Any:
    return np.where(np.isfinite(values), values, np.nan)
