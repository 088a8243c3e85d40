"""Values over time, and arithmetic on them. Missing numbers are NaN, which InfluxDB cannot store; texts None."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.patterns import searching
from ingest.sources.influxdb.query.syntax import (
    AllOf,
    AnyOf,
    Binary,
    Call,
    Compare,
    Condition,
    Constant,
    Duration,
    Expression,
    Parenthesis,
    Pattern,
    Reference,
)

Times = npt.NDArray[np.int64]
Values = npt.NDArray[Any]  # float64 or object
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """A value for each time (ns), in the order of the statement. `whole`: integers in InfluxDB's terms."""

    t: Times
    v: Values
    whole: bool = False

    def __len__(self) -> int:
        return len(self.t)

    def take(self, chosen: Any) -> Column:
        return Column(self.t[chosen], self.v[chosen], self.whole)

    def present(self) -> Column:
        """Without missing values."""
        missing = is_missing(self.v)
        return self.take(~missing) if missing.any() else self


EMPTY = Column(np.zeros(0, np.int64), np.zeros(0))


def is_missing(values: Values) -> Mask:
    if values.dtype == object:
        return np.fromiter((value is None for value in values), np.bool_, len(values))
    return np.asarray(np.isnan(values))


def missing(count: int, text: bool = False) -> Values:
    return np.full(count, None, object) if text else np.full(count, np.nan)


# -- arithmetic


def _divide(left: Values, right: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = left / right
    return np.where((right == 0) & ~np.isnan(left), 0.0, found)


def _modulo(left: Values, right: Values) -> Values:
    with np.errstate(invalid="ignore"):
        found: Values = np.fmod(left, right)
    return found


_OPERATORS: Mapping[str, Callable[[Values, Values], Values]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": _divide, "%": _modulo,
}  # fmt: skip
_MATH: Mapping[str, Callable[..., Values]] = {
    "abs": np.abs, "ceil": np.ceil, "floor": np.floor, "sqrt": np.sqrt, "exp": np.exp, "ln": np.log, "log2": np.log2,
    "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "pow": np.power,
    "log": lambda x, base: np.log(x) / np.log(base),
    "round": lambda x: np.where(x < 0, np.ceil(x - 0.5), np.floor(x + 0.5)),
}  # fmt: skip
MATH = frozenset(_MATH)
_TWO = frozenset({"atan2", "pow", "log"})
KEEPS_WHOLE = frozenset({"+", "-", "*", "%"})
Look = Callable[[Reference | Call], Values | None]


def compute(expression: Expression, look: Look, count: int) -> Values:
    """The values of an expression, row by row; `look` gives those of references, and of calls but mathematics."""
    match expression:
        case Parenthesis(inner):
            return compute(inner, look, count)
        case Constant(value=bool() | str() as value):
            return np.full(count, value, object)
        case Constant(value=value):
            return np.full(count, float(value))
        case Duration(ns):
            return np.full(count, float(ns))
        case Binary(operator, left, right):
            return _operate(operator, compute(left, look, count), compute(right, look, count))
        case Call(name, arguments) if name in MATH:
            return _mathematics(name, [compute(each, look, count) for each in arguments])
        case Reference() | Call():
            found = look(expression)
            return missing(count) if found is None else _cast(expression, found)
    raise StatementError("an expression is made of fields, numbers and functions")


def _operate(operator: str, left: Values, right: Values) -> Values:
    if left.dtype == object or right.dtype == object:
        return missing(len(left))
    with np.errstate(over="ignore"):
        return _OPERATORS[operator](left, right)


def _mathematics(name: str, arguments: list[Values]) -> Values:
    wanted = 2 if name in _TWO else 1
    if len(arguments) != wanted:
        raise StatementError(f"invalid number of arguments for {name}, expected {wanted}, got {len(arguments)}")
    if any(each.dtype == object for each in arguments):
        return missing(len(arguments[0]))
    with np.errstate(all="ignore"):
        found = _MATH[name](*arguments)
    return np.where(np.isfinite(found), found, np.nan)


def _cast(expression: Expression, values: Values) -> Values:
    wanted = expression.cast if isinstance(expression, Reference) else ""
    text = values.dtype == object
    if wanted in ("", "field", "tag") or wanted == ("string" if text else "float"):
        return values
    if wanted in ("integer", "unsigned") and not text:
        return np.trunc(values)
    return missing(len(values), text)


# -- conditions


def mask_of(condition: Condition, look: Look, count: int) -> Mask:
    """The rows for which a condition holds; never where a value is missing."""
    match condition:
        case AllOf(parts):
            return np.asarray(np.all([mask_of(part, look, count) for part in parts], axis=0))
        case AnyOf(parts):
            return np.asarray(np.any([mask_of(part, look, count) for part in parts], axis=0))
        case Compare(operator, left, Pattern(source)):
            return _matches(compute(left, look, count), source, operator == "=~")
        case Compare(operator, left, right):
            return _compare(operator, compute(left, look, count), compute(right, look, count))


def _matches(values: Values, source: str, wanted: bool) -> Mask:
    if values.dtype != object:
        return np.zeros(len(values), np.bool_)
    search = searching(source)
    found = {value: search(value) is wanted for value in set(values.tolist()) if isinstance(value, str)}
    return np.fromiter((found.get(value, False) for value in values), np.bool_, len(values))


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _compare(operator: str, left: Values, right: Values) -> Mask:
    if operator not in _COMPARISONS:
        raise StatementError(f"{operator} takes a regular expression between slashes")
    compare = _COMPARISONS[operator]
    if left.dtype != object and right.dtype != object:
        found: Mask = np.asarray(compare(left, right), np.bool_)
        return found & ~np.isnan(left) & ~np.isnan(right)
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.fromiter(
        (type(a) is type(b) and a is not None and bool(compare(a, b)) for a, b in pairs), np.bool_, len(left)
    )
