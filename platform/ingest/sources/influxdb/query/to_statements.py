"""From the parser's rules to statements. From the leaves up, without recursion."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, cast

from lark import Token, v_args
from lark.visitors import Transformer_NonRecursive

from ingest.sources.influxdb.query import syntax as to
from ingest.sources.influxdb.query.errors import ParseError, Unsupported
from ingest.sources.influxdb.query.literals import parse_duration, unquoted
from ingest.sources.influxdb.query.patterns import searching

MAX_OPERATORS = 50  # in one sum or product
MAX_DEPTH = 200  # of an expression
MAX_DURATION_CHARS = 40
MAX_INTEGER = 2**63 - 1
MAX_FLOAT = sys.float_info.max
_COMPARE = {"<>": "!="}
Parameters = Mapping[str, Any]


class Clause:
    """A part of a SELECT or SHOW, by the name of its attribute."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value


def _clauses(parts: tuple[Any, ...]) -> dict[str, Any]:
    return {part.name: part.value for part in parts if isinstance(part, Clause)}


@v_args(inline=True)
class ToStatements(Transformer_NonRecursive[Token, list[to.Statement]]):
    """`parameters`: values of `$name`, as the client sent them beside the query."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        self._parameters = parameters

    def start(self, *statements: to.Statement | None) -> list[to.Statement]:
        return [statement for statement in statements if statement is not None]

    def create_database(self, name: str) -> to.CreateDatabase:
        return to.CreateDatabase(name)

    # SELECT

    def select(self, fields: tuple[to.Field, ...], *parts: Any) -> to.Select:
        found = _clauses(parts)
        dimensions, fill = found.get("group", ((), to.Fill()))
        return to.Select(
            fields,
            found["sources"],
            found.get("where"),
            dimensions,
            fill,
            found.get("order", False),
            found.get("limits", to.Limits()),
            found.get("zone", ""),
        )

    def fields(self, *fields: to.Field | to.Everything | to.Pattern) -> tuple[to.Field, ...]:
        return tuple(field if isinstance(field, to.Field) else to.Field(field) for field in fields)

    def field(self, expression: to.Expression, alias: str | None) -> to.Field:
        return to.Field(expression, alias or "")

    def all_fields(self, cast: str | None) -> Any:
        return to.Everything(cast or "")  # type: ignore[arg-type]

    def matching_fields(self, pattern: Token) -> Any:
        return _pattern(pattern)

    def into(self, measurement: to.Measurement) -> None:
        raise Unsupported(
            "SELECT … INTO is not supported, as /query only reads: send SELECT … FROM without INTO, and write the "
            "result through /write. Aggregates by time need no continuous query here: they are kept for every sensor."
        )

    def sources(self, *sources: to.Measurement | to.Select) -> Clause:
        return Clause("sources", sources)

    def subquery(self, select: to.Select) -> to.Select:
        return select

    def measurement(self, name: str | to.Pattern) -> to.Measurement:
        return to.Measurement(name)

    def measurement_of_policy(self, policy: str, name: str | to.Pattern) -> to.Measurement:
        return to.Measurement(name, policy)

    def measurement_of_database(self, database: str, policy: str, name: str | to.Pattern) -> to.Measurement:
        return to.Measurement(name, policy, database)

    def measurement_of_default(self, database: str, name: str | to.Pattern) -> to.Measurement:
        return to.Measurement(name, database=database)

    def target(self, name: str | Token) -> str | to.Pattern:
        return _pattern(name) if isinstance(name, Token) else name

    def where(self, condition: to.Condition) -> Clause:
        return Clause("where", condition)

    def group(self, *parts: Any) -> Clause:
        fill = parts[-1] if isinstance(parts[-1], to.Fill) else to.Fill()
        return Clause("group", (tuple(part for part in parts if not isinstance(part, to.Fill)), fill))

    def interval(self, width: Token, offset: Any) -> to.Interval:
        ns = _duration(width)
        if ns <= 0:
            raise ParseError("time() takes a positive duration, such as time(5m)")
        return to.Interval(ns, None if offset == "now" else offset or 0)

    def shift(self, minus: Token | None, duration: Token) -> int:
        return _duration(duration) * (-1 if minus else 1)

    def shift_now(self) -> str:
        return "now"

    def tag(self, name: str, cast: str | None) -> to.Reference:
        return to.Reference(name, cast or "")  # type: ignore[arg-type]

    def all_tags(self) -> to.Everything:
        return to.Everything()

    def matching_tags(self, pattern: Token) -> to.Pattern:
        return _pattern(pattern)

    def fill(self, fill: to.Fill) -> to.Fill:
        return fill

    def fill_null(self) -> to.Fill:
        return to.Fill("null")

    def fill_none(self) -> to.Fill:
        return to.Fill("none")

    def fill_previous(self) -> to.Fill:
        return to.Fill("previous")

    def fill_linear(self) -> to.Fill:
        return to.Fill("linear")

    def fill_number(self, minus: Token | None, number: Token) -> to.Fill:
        return to.Fill("number", _number(number) * (-1 if minus else 1))

    def order(self, name: str, direction: Token | None) -> Clause:
        if name != "time":
            raise ParseError("only ORDER BY time supported at this time")
        return Clause("order", direction is not None and direction.type == "DESC")

    def order_only(self, direction: Token) -> Clause:
        return Clause("order", direction.type == "DESC")

    def limits(self, *parts: Clause) -> Clause:
        return Clause("limits", to.Limits(**_clauses(parts)))

    def limit(self, number: Token) -> Clause:
        return Clause("limit", _integer(number))

    def row_offset(self, number: Token) -> Clause:
        return Clause("offset", _integer(number))

    def series_limit(self, number: Token) -> Clause:
        return Clause("series_limit", _integer(number))

    def series_offset(self, number: Token) -> Clause:
        return Clause("series_offset", _integer(number))

    def zone(self, name: Token) -> Clause:
        return Clause("zone", unquoted(name))

    # SHOW

    def show_databases(self) -> to.Show:
        return to.Show("databases")

    def show_policies(self, *parts: Any) -> to.Show:
        return _show("policies", parts)

    def show_measurements(self, *parts: Any) -> to.Show:
        return _show("measurements", parts)

    def show_tag_keys(self, *parts: Any) -> to.Show:
        return _show("tag_keys", parts)

    def show_tag_values(self, *parts: Any) -> to.Show:
        return _show("tag_values", parts)

    def show_field_keys(self, *parts: Any) -> to.Show:
        return _show("field_keys", parts)

    def show_series(self, *parts: Any) -> to.Show:
        return _show("series", parts)

    def on(self, database: str) -> Clause:
        return Clause("database", database)

    def from_sources(self, sources: Clause) -> Clause:
        if any(isinstance(source, to.Select) for source in sources.value):
            raise ParseError("SHOW reads measurements, not a subquery")
        return sources

    def with_measurement(self, operator: Token, name: str | Token) -> Clause:
        return Clause("sources", (to.Measurement(_pattern(name) if isinstance(name, Token) else name),))

    def key_named(self, operator: Token, name: str) -> Clause:
        return Clause("keys", to.Keys(_COMPARE.get(str(operator), str(operator)), (name,)))

    def key_matching(self, operator: Token, pattern: Token) -> Clause:
        return Clause("keys", to.Keys(str(operator), (_pattern(pattern).source,)))

    def key_in(self, *names: str) -> Clause:
        return Clause("keys", to.Keys("=", names))

    # Conditions and expressions

    def any_of(self, *parts: to.Condition) -> to.Condition:
        return parts[0] if len(parts) == 1 else to.AnyOf(parts)

    def all_of(self, *parts: to.Condition) -> to.Condition:
        return parts[0] if len(parts) == 1 else to.AllOf(parts)

    def compare(self, left: to.Expression, operator: Token, right: to.Expression) -> to.Compare:
        return to.Compare(_COMPARE.get(str(operator), str(operator)), left, right)

    def match(self, left: to.Expression, operator: Token, pattern: Token) -> to.Compare:
        if pattern.type == "PARAMETER":
            value = self._parameter(pattern)
            source = value.get("regex") if isinstance(value, dict) else None
            if not isinstance(source, str):
                raise ParseError(f'{pattern} has to be {{"regex": "…"}} after {operator}')
            return to.Compare(str(operator), left, checked_pattern(source))
        return to.Compare(str(operator), left, _pattern(pattern))

    def group_of(self, condition: to.Condition) -> to.Condition:
        return condition

    def sum(self, *parts: Any) -> to.Expression:
        return _chain(parts)

    def product(self, *parts: Any) -> to.Expression:
        return _chain(parts)

    def negative(self, minus: Token, value: to.Expression) -> to.Expression:
        match value:
            case to.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return to.Constant(-number)
            case to.Duration(ns=ns):
                return to.Duration(-ns)
            case to.Binary("*", to.Constant(-1), inner):
                return inner
        return to.Binary("*", to.Constant(-1), value)

    def parenthesis(self, inner: to.Expression) -> to.Parenthesis:
        return to.Parenthesis(inner)

    def call(self, name: Token, *arguments: to.Expression | None) -> to.Call:
        return to.Call(name.lower(), tuple(argument for argument in arguments if argument is not None))

    def distinct(self, argument: to.Expression) -> to.Call:
        return to.Call("distinct", (argument,))

    def reference(self, name: str, cast: str | None) -> to.Reference:
        return to.Reference(name, cast or "")  # type: ignore[arg-type]

    def cast(self, name: Token) -> str:
        if name.lower() not in ("tag", "field", "float", "integer", "string", "boolean", "unsigned"):
            raise ParseError(f"found {name}, expected tag, field, float, integer, string or boolean after ::")
        return name.lower()

    def name(self, token: Token) -> str:
        return unquoted(token) if token.type == "QUOTED" else str(token)

    def literal(self, token: Token) -> to.Expression:
        match token.type:
            case "DURATION":
                return to.Duration(_duration(token))
            case "STRING":
                return to.Constant(unquoted(token))
            case "PARAMETER":
                return self._literal_parameter(token)
        return to.Constant(_number(token))

    def true(self) -> to.Constant:
        return to.Constant(True)

    def false(self) -> to.Constant:
        return to.Constant(False)

    def _parameter(self, token: Token) -> Any:
        name = token[1:]
        name = unquoted(name) if name.startswith('"') else name
        if name not in self._parameters:
            raise ParseError(f"missing parameter: {name}")
        return self._parameters[name]

    def _literal_parameter(self, token: Token) -> to.Expression:
        value = self._parameter(token)
        if isinstance(value, dict) and len(value) == 1:
            [(kind, inner)] = value.items()
            match kind, inner:
                case ("duration", str()):
                    return to.Duration(_duration(inner))
                case ("identifier", str()):
                    return to.Reference(inner)
                case ("string" | "float" | "integer" | "boolean", _):
                    value = inner
        if isinstance(value, (int, float)) and not abs(value) <= MAX_FLOAT:
            raise ParseError(f"the value of {token} is too large")
        if isinstance(value, (str, int, float)):
            return to.Constant(value)
        raise ParseError(f"the value of {token} is not a text, number or boolean")


def _show(what: Any, parts: tuple[Any, ...]) -> to.Show:
    found = _clauses(parts)
    return to.Show(
        what, found.get("database", ""), found.get("sources", ()), found.get("keys"), found.get("where"),
        found.get("limits", to.Limits()),
    )  # fmt: skip


def _pattern(token: Token) -> to.Pattern:
    return checked_pattern(token[1:-1].replace("\\/", "/"))


def checked_pattern(source: str) -> to.Pattern:
    searching(source)
    return to.Pattern(source)


def _integer(token: Token) -> int:
    number = int(token) if len(token) <= 19 else MAX_INTEGER + 1
    if number > MAX_INTEGER:
        raise ParseError(f"{token[:30]} is larger than any integer of InfluxDB's")
    return number


def _number(token: Token) -> int | float:
    number = float(token) if token.type == "FLOAT" or len(token) > 18 else int(token)
    if number > MAX_FLOAT:
        raise ParseError(f"{token[:30]}… is too large a number")
    return number


def _duration(text: str) -> int:
    ns = parse_duration(text) if len(text) <= MAX_DURATION_CHARS else MAX_INTEGER + 1
    if ns > MAX_INTEGER:
        raise ParseError(f"{text[:30]} is longer than any duration of InfluxDB's")
    return ns


def _chain(parts: tuple[Any, ...]) -> to.Expression:
    if len(parts) > 2 * MAX_OPERATORS + 1:
        raise ParseError(f"an expression has more than {MAX_OPERATORS} operators in a row")
    left = cast(to.Expression, parts[0])
    for operator, right in zip(parts[1::2], parts[2::2], strict=True):
        left = to.Binary(str(operator), left, right)
    if to.depth_of(left) > MAX_DEPTH:
        raise ParseError(f"an expression has more than {MAX_DEPTH} parts within one another")
    return left
