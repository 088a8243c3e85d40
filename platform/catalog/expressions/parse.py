"""Parses the text of an expression. Bounded before it is parsed, and linear."""

from __future__ import annotations

import math
import re
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.expressions.expression import (
    FUNCTIONS,
    WITH_UNIT,
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
    nodes,
    operands,
)
from catalog.units import canonical
from kernel.suggest import did_you_mean

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_CHARS = 2_000
MAX_DEPTH = 30
MAX_NODES = 200
MAX_OPERANDS = 12
MAX_EXPONENT = 8
_NESTING = re.compile(r"[()]|\{[^{}]*\}|\[[^\[\]]*\]")
_KNOWN = (*FUNCTIONS, *WITH_UNIT)


def parse(text: str) -> Node:
    """Raises InvalidExpression."""
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_CHARS:
        raise InvalidExpression(f"has {len(text):,} characters; at most {MAX_CHARS:,} are allowed.")
    _check_nesting(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _refused(text, error) from None
    _check_depth(tree)
    root = _node(tree)
    if (count := sum(1 for _ in nodes(root))) > MAX_NODES:
        raise InvalidExpression(f"has {count} parts; at most {MAX_NODES} are allowed.")
    named = operands(root)
    if not named:
        raise InvalidExpression("names no sensor; write its tag in braces, as in {TT-101}.")
    if len(named) > MAX_OPERANDS:
        raise InvalidExpression(f"names {len(named)} sensors; at most {MAX_OPERANDS} are allowed.")
    return root


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    return Lark(Path(__file__).with_name("grammar.lark").read_text(), parser="lalr", lexer="contextual")


def _check_nesting(text: str) -> None:
    """Before it is parsed."""
    depth = 0
    for mark in _NESTING.finditer(text):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth > MAX_DEPTH:
            raise InvalidExpression(f"is nested more than {MAX_DEPTH} deep at character {mark.start() + 1}.")


def _check_depth(tree: Tree[Token]) -> None:
    """Before anything walks it recursively: signs and `not` nest without parentheses."""
    level: list[Any] = [tree]
    for _ in range(2 * MAX_DEPTH):
        level = [child for each in level for child in getattr(each, "children", ())]
        if not level:
            return
    raise InvalidExpression(f"is nested more than {MAX_DEPTH} deep.")


def _refused(text: str, error: Any) -> InvalidExpression:
    at = error.pos_in_stream
    if getattr(getattr(error, "token", None), "type", "") == "$END" or at is None or not 0 <= at < len(text.rstrip()):
        return InvalidExpression("ends too early.")
    rest = text[at : at + 20]
    hint = " Sensors are in braces, as in {TT-101}; units in brackets, as in 30 [°C]." if rest[0].isalpha() else ""
    return InvalidExpression(f"is not understood at character {at + 1}, “{rest}”.{hint}")


def _node(tree: Tree[Token]) -> Node:
    children = tree.children
    match tree.data:
        case "number":
            return _number(*map(str, children))
        case "operand":
            return Operand(str(children[0])[1:-1].strip())
        case "negative":
            return Negative(_node(_tree(children[0])))
        case "not_":
            return Not(_node(_tree(children[0])))
        case "power":
            return _power(_node(_tree(children[0])), int(str(children[1])))
        case "comparison":
            left, compared, right = children
            return Compared(str(compared), _node(_tree(left)), _node(_tree(right)))  # type: ignore[arg-type]
        case "either" | "both":
            operator = "or" if tree.data == "either" else "and"
            parts = [_node(_tree(child)) for child in children]
            return reduce(lambda left, right: Logic(operator, left, right), parts)  # type: ignore[arg-type]
        case "call":
            return _call(str(children[0]).lower(), [_tree(child) for child in children[1:]])
        case "unit":
            raise InvalidExpression(f"has a unit, {children[0]}, where a value belongs.")
    return _chain(children)


def _chain(children: list[Any]) -> Node:
    """Of operators of one rank, from left to right."""
    result = _node(_tree(children[0]))
    for operator, right in zip(children[1::2], children[2::2], strict=True):
        result = Arithmetic(str(operator), result, _node(_tree(right)))  # type: ignore[arg-type]
    return result


def _tree(child: Any) -> Tree[Token]:
    return child  # type: ignore[no-any-return]


def _number(text: str, unit: str = "[]") -> Number:
    value = float(text)
    if not math.isfinite(value):
        raise InvalidExpression(f"has the number {text[:40]}, which is too large.")
    return Number(value, parse_unit(unit))


def _power(base: Node, exponent: int) -> Power:
    if not 0 < abs(exponent) <= MAX_EXPONENT:
        raise InvalidExpression(f"has the exponent {exponent}; whole numbers from 1 to {MAX_EXPONENT}, or minus these.")
    return Power(base, exponent)


def _call(name: str, arguments: list[Tree[Token]]) -> Node:
    if name in WITH_UNIT:
        if len(arguments) != 2 or arguments[1].data != "unit":
            raise InvalidExpression(f"{name} takes a value and a unit, as in {name}({{PT-101}}, [kPa]).")
        unit = parse_unit(str(arguments[1].children[0]))
        return Measured(name, _node(arguments[0]), unit)  # type: ignore[arg-type]
    if name not in FUNCTIONS:
        raise InvalidExpression(f"has an unknown function, {name}.{did_you_mean(name, _KNOWN)}")
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(arguments) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise InvalidExpression(f"{name} takes {wanted} arguments, not {len(arguments)}.")
    return Call(name, tuple(map(_node, arguments)))


def parse_unit(text: str) -> str:
    """The unit in brackets, in its common spelling."""
    try:
        return canonical(text[1:-1])
    except ValueError as error:
        raise InvalidExpression(f"has an unknown unit: {error}") from None
