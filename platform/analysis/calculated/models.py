"""Calculated series as the API takes and returns them. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from catalog.bounds import MAX_DESCRIPTION, MAX_NAME, MAX_REFERENCE, MAX_TAG, MAX_UNIT
from catalog.expressions.parse import MAX_CHARS
from catalog.models import Id, Revision

MAX_SERIES = 500  # of a tenant
MAX_VERSIONS = 100  # of a series
MAX_NOTE = 2_000

Expression = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_CHARS,
        description="Such as `({TT-101} - {TT-102}) * 4.19 [kJ/kg/K]`; sensors by tag, `site:tag` or id",
    ),
]
_Unit = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_UNIT)] | None,
    Meta(description="The result's; null: derived from the expression, none for a plain number"),
]


class CalculatedContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a version consists of."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_TAG, description="Unique in its site")]
    expression: Expression
    unit: _Unit = None
    description: Annotated[str, Meta(max_length=MAX_DESCRIPTION)] = ""
    note: Annotated[str, Meta(max_length=MAX_NOTE, description="Why it was changed")] = ""


class NewCalculated(CalculatedContent, frozen=True, kw_only=True):
    site: Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE, description="Id or slug")]


class CalculatedChange(CalculatedContent, frozen=True, kw_only=True):
    """A new version."""

    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None


class Draft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An expression to be checked."""

    site: Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE, description="Id or slug")]
    expression: Expression
    unit: _Unit = None


class OperandSensor(Struct, frozen=True):
    """A sensor, as the expression names it."""

    name: Annotated[str, Meta(max_length=MAX_NAME * 2)]
    sensor: Id


class CheckedExpression(Struct, frozen=True):
    """An expression that is valid."""

    unit: str
    operands: list[OperandSensor]


class CalculatedVersion(Struct, frozen=True):
    version: int
    created: int
    author: str
    note: str
    expression: str
    unit: str
    operands: Annotated[list[OperandSensor], Meta(description="They stay when sensors get other tags")]


class CalculatedInfo(Struct, frozen=True, kw_only=True):
    """A series that is calculated from others whenever it is read, as its last version says."""

    id: Id
    site: Id
    name: str
    unit: str
    expression: str
    description: str
    revision: Revision


class Calculated(CalculatedInfo, frozen=True, kw_only=True):
    """With its versions. The last one counts."""

    versions: list[CalculatedVersion]


class CalculatedHead(Struct, frozen=True, kw_only=True):
    """As stored, without the earlier versions."""

    id: str
    site: str
    name: str
    description: str
    revision: int
    last: CalculatedVersion

    def info(self) -> CalculatedInfo:
        return CalculatedInfo(**self._members())

    def with_versions(self, earlier: list[CalculatedVersion]) -> Calculated:
        return Calculated(**self._members(), versions=[*earlier, self.last])

    def _members(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("id", "site", "name", "description", "revision")}
        return {**own, "unit": self.last.unit, "expression": self.last.expression}
