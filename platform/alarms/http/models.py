"""What the endpoints of rules take and return beside the rules themselves. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from alarms.lists.models import Moment
from alarms.rules.models import AlarmRule, RuleContent
from catalog.responses import Problem

MAX_YAML_BYTES = 4 << 20


class RuleList(Struct, frozen=True):
    """By name."""

    results: list[AlarmRule]
    next: str | None


class RuleVersion(Struct, frozen=True, kw_only=True):
    version: int
    author: str
    t: Annotated[int, Meta(description="When it was stored")]
    content: RuleContent


class RuleVersionList(Struct, frozen=True):
    """Newest first."""

    results: list[RuleVersion]
    next: str | None


class BacktestRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    rule: RuleContent
    start: Moment
    end: Moment


class ProposedLevel(Struct, frozen=True, kw_only=True):
    side: Literal["high", "low"]
    level: Annotated[str, Meta(description="high-high, high, low or low-low")]
    limit: float
    deadband: float
    raised: Annotated[int, Meta(description="Alarms that it would have raised, with a delay of one minute")]


class ProposedLimits(Struct, frozen=True, kw_only=True):
    """In the sensor's unit."""

    sensor: str
    unit: str
    days: int
    limits: list[ProposedLevel]


class ImportedRule(Struct, frozen=True, kw_only=True):
    name: str
    what: Annotated[str, Meta(description="created, changed, unchanged or refused")]
    detail: Annotated[str, Meta(description="Of a refused one: why")]


class RulesImport(Struct, frozen=True, kw_only=True):
    """`dry_run`: nothing was stored. If a rule is refused none is stored."""

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    refused: int
    rules: list[ImportedRule]


RuleConflict = msgspec.defstruct(
    "RuleConflict", [("current", AlarmRule | UnsetType, UNSET)], bases=(Problem,),
    rename={"kind": "type"}, kw_only=True, module=__name__,
)  # fmt: skip
