"""The parts of a parsed expression. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from kernel.errors import BadRequest

FUNCTIONS: dict[str, tuple[int, int]] = {  # how many arguments each takes
    "min": (2, 8), "max": (2, 8), "abs": (1, 1), "sqrt": (1, 1), "exp": (1, 1), "log": (1, 1), "log10": (1, 1),
    "if": (3, 3),
}  # fmt: skip
WITH_UNIT = ("number", "quantity")  # of a value and a unit

Comparison = Literal["<", "<=", ">", ">=", "==", "!="]


class InvalidExpression(BadRequest):
    slug, title = "invalid-expression", "The expression is not valid"

    def __init__(self, message: str, field: str = "expression") -> None:
        super().__init__(f"{field}: {message}", errors=[{"field": field, "message": message}])


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """A sensor, by how the expression names it."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Power:
    base: Node
    exponent: int


@dataclass(frozen=True, slots=True)
class Compared:
    operator: Comparison
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic:
    operator: Literal["and", "or"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not:
    of: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """`number`: how many of the unit the value is. `quantity`: so many of the unit."""

    function: Literal["number", "quantity"]
    of: Node
    unit: str


Node = Number | Operand | Negative | Arithmetic | Power | Compared | Logic | Not | Call | Measured


def nodes(root: Node) -> Iterator[Node]:
    """The expression and all its parts."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Call):
            waiting += reversed(node.arguments)
            continue
        children = [getattr(node, field.name) for field in reversed(fields(node))]
        waiting += [child for child in children if not isinstance(child, str | int | float)]


def operands(root: Node) -> list[str]:
    """The distinct names of sensors, in their order of appearance."""
    return list(dict.fromkeys(node.name for node in nodes(root) if isinstance(node, Operand)))
