"""A SELECT checked and with its wildcards expanded, for one measurement. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.sources.influxdb.query.columns import MATH
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.patterns import searching
from ingest.sources.influxdb.query.reductions import AGGREGATES, OF_TEXT, SELECTORS
from ingest.sources.influxdb.query.refusals import unknown_function
from ingest.sources.influxdb.query.schema import FLOAT
from ingest.sources.influxdb.query.syntax import (
    Binary,
    Call,
    Constant,
    Duration,
    Everything,
    Expression,
    Field,
    Interval,
    Parenthesis,
    Pattern,
    Reference,
    Select,
)
from ingest.sources.influxdb.query.transforms import TRANSFORMS

FUNCTIONS = sorted({*AGGREGATES, *TRANSFORMS, *MATH})
_UNITS = frozenset({"derivative", "non_negative_derivative", "elapsed"})
MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Compiled:
    """`calls`: the outermost ones that are no mathematics; none for a SELECT of fields. `references`: outside of them.

    `selector`: whether its only call selects samples, whose times and other fields are known.
    """

    outputs: tuple[Output, ...]
    calls: tuple[Call, ...]
    references: tuple[Reference, ...]
    selector: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """GROUP BY: the interval, and the tags, sorted."""

    interval: Interval | None
    tags: tuple[str, ...]


def grouping_of(select: Select, tag_keys: Sequence[str], inherited: Sequence[str] = ()) -> Grouping:
    intervals = [each for each in select.dimensions if isinstance(each, Interval)]
    if len(intervals) > 1:
        raise StatementError("multiple time dimensions not allowed")
    tags = set(inherited)
    for dimension in select.dimensions:
        match dimension:
            case Reference(name):
                tags.add(name)
            case Everything():
                tags |= set(tag_keys)
            case Pattern(source):
                tags |= set(filter(searching(source), tag_keys))
    return Grouping(intervals[0] if intervals else None, tuple(sorted(tags)))


def compile_select(
    select: Select, fields: Mapping[str, str], tag_keys: Sequence[str], grouping: Grouping
) -> Compiled | None:
    """None if nothing of this measurement is selected. `fields`: their types."""
    expanded = [each for field in select.fields for each in _expanded(field, fields, tag_keys, grouping)]
    if len(expanded) > MAX_COLUMNS:
        raise StatementError(f"{len(expanded)} columns are selected; at most {MAX_COLUMNS} are given")
    expanded = [each for each in expanded if each.expression != Reference("time")]
    calls, references = _leaves([each.expression for each in expanded])
    for call in calls:
        _check_call(call, grouping)
    _check_together(calls, references, grouping)
    if not expanded or not (calls or any(each.name in fields for each in references)):
        return None
    outputs = tuple(map(Output, _names(expanded), (each.expression for each in expanded)))
    return Compiled(outputs, calls, references, len(calls) == 1 and calls[0].name in SELECTORS)


# -- wildcards


def _expanded(field: Field, fields: Mapping[str, str], tag_keys: Sequence[str], grouping: Grouping) -> Iterator[Field]:
    match field.expression:
        case Everything(cast):
            names = [*(fields if cast != "tag" else ()), *(tag_keys if cast != "field" else ())]
            yield from (Field(Reference(name)) for name in sorted(names) if name in fields or name not in grouping.tags)
        case Pattern(source):
            search = searching(source)
            names = [name for name in [*fields, *tag_keys] if search(name)]
            yield from (Field(Reference(name)) for name in sorted(names) if name in fields or name not in grouping.tags)
        case Call() as call if (wildcard := _wildcard(call)) is not None:
            for name in _fitting(wildcard, call, fields):
                expression = _with(call, Reference(name))
                yield Field(expression, f"{field.alias or _name(expression)}_{name}")
        case _:
            yield field


def _wildcard(call: Call) -> Everything | Pattern | None:
    for argument in call.arguments[:1]:
        if isinstance(argument, Call):
            return _wildcard(argument)
        if isinstance(argument, (Everything, Pattern)):
            return argument
    return None


def _fitting(wildcard: Everything | Pattern, call: Call, fields: Mapping[str, str]) -> list[str]:
    inner = call
    while inner.arguments and isinstance(inner.arguments[0], Call):
        inner = inner.arguments[0]
    search: Callable[[str], bool] = searching(wildcard.source) if isinstance(wildcard, Pattern) else bool
    return [name for name, kind in sorted(fields.items()) if search(name) and (kind == FLOAT or inner.name in OF_TEXT)]


def _with(call: Call, reference: Reference) -> Call:
    first, *rest = call.arguments
    return Call(call.name, (_with(first, reference) if isinstance(first, Call) else reference, *rest))


# -- checks


def _leaves(expressions: Sequence[Expression]) -> tuple[tuple[Call, ...], tuple[Reference, ...]]:
    calls: dict[Call, None] = {}
    references: dict[Reference, None] = {}
    waiting = list(reversed(expressions))
    while waiting:
        match waiting.pop():
            case Parenthesis(inner):
                waiting.append(inner)
            case Binary(_, left, right):
                waiting += [right, left]
            case Call(name, arguments) if name in MATH:
                waiting += reversed(arguments)
            case Call() as call:
                calls[call] = None
            case Reference() as reference:
                references[reference] = None
            case Everything() | Pattern():
                raise StatementError("a wildcard cannot be part of an expression; name the fields")
    return tuple(calls), tuple(references)


def _check_call(call: Call, grouping: Grouping) -> None:
    name, arguments = call.name, call.arguments
    if name in TRANSFORMS:
        _check_transform(call, grouping)
    elif name not in AGGREGATES:
        raise unknown_function(name, FUNCTIONS)
    elif name == "percentile":
        _count(call, 2, 2)
        if not (isinstance(arguments[1], Constant) and isinstance(arguments[1].value, (int, float))):
            raise StatementError("expected float argument in percentile()")
        _check_field(call)
    else:
        _count(call, 1, 1)
        if name == "count" and isinstance(arguments[0], Call) and arguments[0].name == "distinct":
            _check_call(arguments[0], grouping)
        else:
            _check_field(call)


def _check_transform(call: Call, grouping: Grouping) -> None:
    name, arguments = call.name, call.arguments
    if name == "moving_average":
        _count(call, 2, 2)
        match arguments[1]:
            case Constant(value=int() as count) if not isinstance(count, bool):
                if count <= 1:
                    raise StatementError(f"moving_average window must be greater than 1, got {count}")
            case _:
                raise StatementError("second argument for moving_average must be an integer")
    elif name in _UNITS:
        _count(call, 1, 2)
        if len(arguments) == 2 and not (isinstance(arguments[1], Duration) and arguments[1].ns > 0):
            raise StatementError(f"second argument to {name} must be a duration, such as 1h")
    else:
        _count(call, 1, 1)
    if isinstance(arguments[0], Call):
        if grouping.interval is None:
            raise StatementError(f"{name} aggregate requires a GROUP BY interval")
        if arguments[0].name in TRANSFORMS or arguments[0].name == "distinct":
            raise StatementError(f"{name}() takes a field or an aggregate such as mean(…); use a subquery for more")
        _check_call(arguments[0], grouping)
        return
    _check_field(call)
    if grouping.interval is not None:
        raise StatementError(f"aggregate function required inside the call to {name}")


def _count(call: Call, least: int, most: int) -> None:
    if not least <= len(call.arguments) <= most:
        expected = f"{least}" if least == most else f"at least {least} but no more than {most}"
        given = len(call.arguments)
        raise StatementError(f"invalid number of arguments for {call.name}, expected {expected}, got {given}")


def _check_field(call: Call) -> None:
    if not isinstance(call.arguments[0], Reference):
        raise StatementError(f"expected field argument in {call.name}()")


def _check_together(calls: Sequence[Call], references: Sequence[Reference], grouping: Grouping) -> None:
    if not calls:
        if grouping.interval is not None:
            raise StatementError("GROUP BY requires at least one aggregate function")
        return
    names = [call.name for call in calls]
    if "distinct" in names and (len(calls) > 1 or references):
        raise StatementError("aggregate function distinct() cannot be combined with other functions or fields")
    if references and not (len(calls) == 1 and names[0] in SELECTORS):
        raise StatementError(
            "mixing multiple selector functions with tags or fields is not supported"
            if all(name in SELECTORS for name in names)
            else "mixing aggregate and non-aggregate queries is not supported"
        )


# -- names


def _names(fields: Sequence[Field]) -> list[str]:
    """As InfluxDB names columns: aliases first, and a number after a name that is taken."""
    taken = {"time": 1} | {field.alias: 1 for field in fields if field.alias}
    names = []
    for field in fields:
        if field.alias:
            names.append(field.alias)
            continue
        name = _name(field.expression)
        if (count := taken.get(name)) is not None:
            while (numbered := f"{name}_{count}") in taken:
                count += 1
            taken[name] = count + 1
            name = numbered
        taken.setdefault(name, 1)
        names.append(name)
    return names


def _name(expression: Expression) -> str:
    match expression:
        case Reference(name) | Call(name):
            return name
        case Parenthesis(inner):
            return _name(inner)
        case Binary():
            return "_".join(_named(expression))
    return ""


def _named(expression: Expression) -> Iterator[str]:
    match expression:
        case Reference(name) | Call(name):
            yield name
        case Parenthesis(inner):
            yield from _named(inner)
        case Binary(_, left, right):
            yield from _named(left)
            yield from _named(right)
