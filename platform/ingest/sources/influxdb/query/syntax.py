"""InfluxQL statements as values. Times and durations are ns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Cast = Literal["", "tag", "field", "float", "integer", "string", "boolean", "unsigned"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field or tag by name."""

    name: str
    cast: Cast = ""


@dataclass(frozen=True, slots=True)
class Constant:
    value: float | int | str | bool


@dataclass(frozen=True, slots=True)
class Duration:
    ns: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression between slashes."""

    source: str


@dataclass(frozen=True, slots=True)
class Everything:
    """`*`, or with a cast only the fields or only the tags."""

    cast: Cast = ""


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]
    depth: int = field(default=0, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _set_depth(self, self.arguments)


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    depth: int = field(default=0, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _set_depth(self, (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Parenthesis:
    inner: Expression
    depth: int = field(default=0, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _set_depth(self, (self.inner,))


def depth_of(expression: Expression) -> int:
    """How deep its parts are nested; what works on expressions calls itself as often."""
    return expression.depth if isinstance(expression, (Call, Binary, Parenthesis)) else 0


def _set_depth(of: Call | Binary | Parenthesis, parts: Iterable[Expression]) -> None:
    object.__setattr__(of, "depth", 1 + max(map(depth_of, parts), default=0))


Expression = Reference | Constant | Duration | Pattern | Everything | Call | Binary | Parenthesis


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition = Compare | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Measurement:
    name: str | Pattern
    policy: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    expression: Expression
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """`time(width, offset)`; an offset of None is `now()`."""

    width: int
    offset: int | None = 0


Dimension = Interval | Reference | Everything | Pattern


@dataclass(frozen=True, slots=True)
class Fill:
    option: Literal["null", "none", "previous", "linear", "number"] = "null"
    value: float | int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    limit: int = 0
    offset: int = 0
    series_limit: int = 0
    series_offset: int = 0


@dataclass(frozen=True, slots=True)
class Select:
    fields: tuple[Field, ...]
    sources: tuple[Measurement | Select, ...]
    condition: Condition | None = None
    dimensions: tuple[Dimension, ...] = ()
    fill: Fill = Fill()
    descending: bool = False
    limits: Limits = Limits()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """The tag keys of `SHOW TAG VALUES`: `WITH KEY operator names`."""

    operator: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Show:
    what: Literal["databases", "policies", "measurements", "tag_keys", "tag_values", "field_keys", "series"]
    database: str = ""
    sources: tuple[Measurement, ...] = ()
    keys: Keys | None = None
    condition: Condition | None = None
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class CreateDatabase:
    name: str


Statement = Select | Show | CreateDatabase
