"""What the API says of mapping besides the mapping itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.models import Id, Kind
from catalog.responses import Problem
from ingest.mapping.models import Mapping, MappingDraft

Outcome = Literal["stored", "created", "kept", "rejected"]


class MappingChange(MappingDraft, frozen=True):
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None, Meta(description="The one that you changed; or `If-Match`")
    ] = None


class Replayed(Struct, frozen=True):
    letters: Annotated[int, Meta(description="Dead letters that a rule matches now: their points are queued")]
    points: int
    left: Annotated[int, Meta(description="Examined letters that no rule matches, or that are otherwise invalid")]
    more: Annotated[bool, Meta(description="There are letters left to examine; call again")]


class SavedMapping(Mapping, frozen=True):
    replayed: Replayed | None = None


MappingConflict = msgspec.defstruct(
    "MappingConflict", [("current", Mapping | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


class TriedField(Struct, frozen=True):
    """What the rules make of one field."""

    field: str
    value: float | bool | str
    outcome: Annotated[Outcome, Meta(description="`created`: the sensor does not exist yet")]
    site: Annotated[str, Meta(description="Slug; empty: the site of unmapped sensors, which does not exist yet")] = ""
    sensor: Annotated[str, Meta(description="Tag")] = ""
    id: Annotated[Id | None, Meta(description="Of a sensor that exists")] = None
    kind: Kind | None = None
    unit: str = ""
    becomes: Annotated[float | bool | str | None, Meta(description="The value in the sensor's unit")] = None
    rule: Annotated[int | None, Meta(description="The rule that matches, from 1")] = None
    reason: Annotated[str, Meta(description="Why it is not stored")] = ""


class TriedArrival(Struct, frozen=True):
    source: Annotated[str, Meta(description="Its id, or its kind if it is no named one")]
    received: Annotated[int, Meta(description="Epoch ms")]
    name: Annotated[str, Meta(description="Measurement, topic or type of event")]
    tags: dict[str, str]
    time: Annotated[str | None, Meta(description="As it was sent, in ns; null: none was sent")]
    fields: list[TriedField]


class Clash(Struct, frozen=True):
    """Several series are one sensor: of samples with equal times only the last stays."""

    site: str
    sensor: str
    series: int


class Trial(Struct, frozen=True):
    """`counts`: fields by outcome."""

    arrivals: Annotated[list[TriedArrival], Meta(description="Newest first")]
    counts: dict[Outcome, int]
    clashes: list[Clash]


class Suggestion(Struct, frozen=True):
    """A sensor that is like this one, in name or in the shape of its values."""

    id: Id
    site: Annotated[str, Meta(description="Slug")]
    tag: str
    name: str
    asset: Id | None
    unit: str
    kind: Kind
    by_name: Annotated[float, Meta(description="Likeness from 0 to 1")]
    by_values: Annotated[float | None, Meta(description="Likeness from 0 to 1; null if one has too few samples")]


class SuggestionList(Struct, frozen=True):
    results: Annotated[list[Suggestion], Meta(description="The likeliest first, at most ten")]
