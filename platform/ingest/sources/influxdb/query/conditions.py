"""Conditions of WHERE: their bounds of time, what they say of a series' tags, and the rest, on fields. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.literals import parse_moment
from ingest.sources.influxdb.query.patterns import searching
from ingest.sources.influxdb.query.schema import Series
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
from stores.samples import EARLIEST_NS, LATEST_NS

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
Resolved = Condition | bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """`start <= t < end`, ns; None where the statement has no bound."""

    start: int | None = None
    end: int | None = None

    def within(self, other: Bounds) -> Bounds:
        starts = [each.start for each in (self, other) if each.start is not None]
        ends = [each.end for each in (self, other) if each.end is not None]
        return Bounds(max(starts) if starts else None, min(ends) if ends else None)

    @property
    def first(self) -> int:
        return EARLIEST_NS if self.start is None else min(max(self.start, EARLIEST_NS), LATEST_NS)

    @property
    def stop(self) -> int:
        return LATEST_NS if self.end is None else min(max(self.end, EARLIEST_NS), LATEST_NS)


def split_time(condition: Condition | None, now_ns: int, zone: tzinfo) -> tuple[Bounds, Condition | None]:
    """The bounds of time, and the condition without them."""
    match condition:
        case None:
            return Bounds(), None
        case Compare() if _is_time(condition.left) or _is_time(condition.right):
            return _bounds(condition, now_ns, zone), None
        case AllOf(parts):
            bounds, rest = Bounds(), []
            for part in parts:
                more, left = split_time(part, now_ns, zone)
                bounds = bounds.within(more)
                if left is not None:
                    rest.append(left)
            return bounds, AllOf(tuple(rest)) if len(rest) > 1 else (rest[0] if rest else None)
        case AnyOf(parts):
            if any(_has_time(part) for part in parts):
                raise StatementError("time can be combined with other conditions by AND only; send two statements")
    return Bounds(), condition


def _has_time(condition: Condition) -> bool:
    match condition:
        case Compare(_, left, right):
            return _is_time(left) or _is_time(right)
        case AllOf(parts) | AnyOf(parts):
            return any(map(_has_time, parts))


def _is_time(expression: Expression) -> bool:
    while isinstance(expression, Parenthesis):
        expression = expression.inner
    return isinstance(expression, Reference) and expression.name == "time" and not expression.cast


def _bounds(compare: Compare, now_ns: int, zone: tzinfo) -> Bounds:
    operator, value = compare.operator, compare.right
    if not _is_time(compare.left):
        operator, value = FLIPPED.get(operator, operator), compare.left
    t = moment_of(value, now_ns, zone)
    match operator:
        case "=":
            return Bounds(t, t + 1)
        case ">":
            return Bounds(t + 1)
        case ">=":
            return Bounds(t)
        case "<":
            return Bounds(None, t)
        case "<=":
            return Bounds(None, t + 1)
    raise StatementError(f"invalid time comparison operator: {operator}")


def moment_of(expression: Expression, now_ns: int, zone: tzinfo) -> int:
    """The time, in ns, that an expression stands for."""
    match expression:
        case Constant(value=str() as text):
            moment = parse_moment(text, zone)
            if moment is None:
                raise StatementError(
                    f"invalid operation: time and *influxql.StringLiteral are not compatible: {text[:40]!r} is no time"
                )
            return moment
        case Constant(value=bool()):
            pass
        case Constant(value=int() | float() as number):
            return int(number)
        case Duration(ns):
            return ns
        case Call("now", ()):
            return now_ns
        case Parenthesis(inner):
            return moment_of(inner, now_ns, zone)
        case Binary("+", left, right):
            return moment_of(left, now_ns, zone) + moment_of(right, now_ns, zone)
        case Binary("-", left, right):
            return moment_of(left, now_ns, zone) - moment_of(right, now_ns, zone)
    raise StatementError("time is compared with a time such as '2026-03-14T09:42:00Z', 1764400000000ms or now() - 1h")


def resolve(condition: Condition | None, series: Series, fields: Mapping[str, str]) -> Resolved:
    """What is left of a condition for one series: True, False, or a condition on its fields."""
    match condition:
        case None:
            return True
        case Compare():
            return _resolve_comparison(condition, series, fields)
        case AllOf(parts):
            return _combined([resolve(part, series, fields) for part in parts], False, AllOf)
        case AnyOf(parts):
            return _combined([resolve(part, series, fields) for part in parts], True, AnyOf)


def _combined(parts: list[Resolved], decisive: bool, kind: Callable[[tuple[Condition, ...]], Condition]) -> Resolved:
    if any(part is decisive for part in parts):
        return decisive
    rest = [part for part in parts if not isinstance(part, bool)]
    return kind(tuple(rest)) if len(rest) > 1 else (rest[0] if rest else not decisive)


def _resolve_comparison(compare: Compare, series: Series, fields: Mapping[str, str]) -> Resolved:
    left, right = _bare(compare.left), _bare(compare.right)
    if _is_tag(right, fields) and not _is_tag(left, fields):
        left, right = right, left
        if compare.operator in FLIPPED:
            raise _no_order()
    if not _is_tag(left, fields):
        return compare
    assert isinstance(left, Reference)
    value, id = series.tags.get(left.name, ""), series.ids.get(left.name, "")
    match compare.operator, right:
        case "=" | "!=" as operator, Constant(value=str() as wanted):
            return (value == wanted or (bool(id) and id == wanted)) is (operator == "=")
        case "=" | "!=" as operator, Reference() if _is_tag(right, fields):
            return (value == series.tags.get(right.name, "")) is (operator == "=")
        case "=~" | "!~" as operator, Pattern(source):
            search = searching(source)
            return (search(value) or (bool(id) and id in source and search(id))) is (operator == "=~")
        case "=" | "!=" as operator, _:
            return operator == "!="
    raise _no_order()


def _no_order() -> StatementError:
    return StatementError("tags are compared with texts by =, !=, =~ and !~ only")


def _bare(expression: Expression) -> Expression:
    while isinstance(expression, Parenthesis):
        expression = expression.inner
    return expression


def _is_tag(expression: Expression, fields: Mapping[str, str]) -> bool:
    if not isinstance(expression, Reference):
        return False
    return expression.cast == "tag" or (expression.cast == "" and expression.name not in fields)


def references_in(condition: Condition | None) -> list[Reference]:
    """The fields and tags that a condition names."""
    waiting: list[Condition | Expression | None] = [condition]
    found = []
    while waiting:
        match waiting.pop():
            case AllOf(parts) | AnyOf(parts):
                waiting += parts
            case Compare(_, left, right) | Binary(_, left, right):
                waiting += [left, right]
            case Parenthesis(inner):
                waiting.append(inner)
            case Call(_, arguments):
                waiting += arguments
            case Reference() as reference:
                found.append(reference)
    return found
