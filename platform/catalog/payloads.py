"""Request bodies. References may be by id or by name: a site's slug, an area's name, an asset's tag.

`…Draft` creates (and, in bulk calls, creates or changes); `…Patch` changes the fields it names.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog import bounds
from catalog.models import Kind, Revision, Sampling, SeriesOrigin
from catalog.units import StoredUnit
from kernel.times import EARLIEST, LATEST, MAX_CHARS


def _text(max_length: int, min_length: int = 0, **more: Any) -> Meta:
    """Declared here, checked by `catalog.rules` with readable messages: both use the limits of `catalog.bounds`."""
    least = {"minLength": min_length} if min_length else {}
    return Meta(extra_json_schema={**least, "maxLength": max_length, **more})


Name = Annotated[str, _text(bounds.MAX_NAME, 1)]
PlantTag = Annotated[str, _text(bounds.MAX_TAG, 1)]
Word = Annotated[str, _text(bounds.MAX_WORD)]
SiteRef = Annotated[str, _text(bounds.MAX_REFERENCE, 1), Meta(description="A site's slug or id")]
AreaRef = Annotated[str, _text(bounds.MAX_REFERENCE, 1), Meta(description="An area's name or id")]
AssetRef = Annotated[str, _text(bounds.MAX_REFERENCE, 1), Meta(description="An asset's tag or id")]
Zone = Annotated[str, _text(bounds.MAX_ZONE, 1), Meta(description="IANA time zone, such as Asia/Dubai")]
Slug = Annotated[
    str,
    _text(bounds.MAX_SLUG, 1, pattern=f"^{bounds.SLUG}$"),
    Meta(description="Derived from the name if missing"),
]
NameOrTag = Annotated[str, _text(bounds.MAX_NAME, 1), Meta(description="The tag if missing")]
Value = (
    Annotated[str, _text(bounds.MAX_PROPERTY)]
    | Annotated[int, Meta(extra_json_schema={"minimum": -bounds.MAX_WHOLE, "maximum": bounds.MAX_WHOLE})]
    | float
    | bool
    | None
)
Properties = Annotated[dict[str, Value], Meta(extra_json_schema={"maxProperties": bounds.MAX_PROPERTIES})]
States = Annotated[
    dict[str, Annotated[str, _text(bounds.MAX_TAG, 1)]], Meta(extra_json_schema={"maxProperties": bounds.MAX_STATES})
]
Interval = Annotated[
    float, Meta(extra_json_schema={"minimum": bounds.MIN_INTERVAL_S, "maximum": bounds.MAX_INTERVAL_S})
]
Rollover = Annotated[
    float,
    Meta(extra_json_schema={"exclusiveMinimum": 0}),
    Meta(description="Counters: where the register rolls over to zero, such as 100000"),
]
Tolerance = Annotated[
    float,
    Meta(extra_json_schema={"minimum": 0}),
    Meta(description="Counters: a smaller decrease is noise, not a reset"),
]

Moment = (
    Annotated[str, _text(MAX_CHARS, 1, description="ISO 8601 with a zone, or epoch ms")]
    | Annotated[int, Meta(extra_json_schema={"minimum": EARLIEST, "maximum": LATEST})]
    | UnsetType
    | None
)


class _Draft(Struct, kw_only=True):
    # An item of a list may be sent back unchanged: then id and revision must be those of the document.
    id: Annotated[str, _text(bounds.MAX_REFERENCE, 1)] | UnsetType = UNSET
    revision: Revision | UnsetType = UNSET
    description: Annotated[str, _text(bounds.MAX_DESCRIPTION)] | UnsetType = UNSET


class SiteDraft(_Draft, kw_only=True):
    name: Name
    timezone: Zone
    slug: Slug | UnsetType = UNSET


class AreaDraft(_Draft, kw_only=True):
    site: SiteRef
    name: PlantTag
    parent: AreaRef | UnsetType | None = UNSET


class AssetDraft(_Draft, kw_only=True):
    site: SiteRef
    tag: PlantTag
    name: NameOrTag | UnsetType = UNSET
    type: Word | UnsetType = UNSET
    area: AreaRef | UnsetType | None = UNSET
    parent: AssetRef | UnsetType | None = UNSET
    properties: Properties | UnsetType = UNSET


class SensorDraft(_Draft, kw_only=True):
    site: SiteRef
    tag: PlantTag
    name: NameOrTag | UnsetType = UNSET
    asset: AssetRef | UnsetType | None = UNSET
    unit: Annotated[str, _text(bounds.MAX_UNIT)] | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    states: States | UnsetType = UNSET
    range: tuple[float, float] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    interval_s: Interval | UnsetType | None = UNSET
    rollover: Rollover | UnsetType | None = UNSET
    tolerance: Tolerance | UnsetType = UNSET
    sampling: Annotated[
        Sampling | UnsetType, Meta(description="on_change for discrete and text sensors where it is missing")
    ] = UNSET
    stored_as: Annotated[
        StoredUnit | UnsetType | None, Meta(description="As it was returned; it follows from `history=convert` alone")
    ] = UNSET
    unmapped: Annotated[bool | UnsetType, Meta(description="False names a sensor that was created from arrivals")] = (
        UNSET
    )
    origin: Annotated[SeriesOrigin | UnsetType | None, Meta(description="As it was returned; it never changes")] = UNSET


class ConnectionDraft(_Draft, kw_only=True):
    site: SiteRef
    source: AssetRef
    target: AssetRef
    medium: Word | UnsetType = UNSET
    by_hand: Annotated[
        bool | UnsetType,
        Meta(
            description="False leaves it to the drawings that show it, true says it by hand, too; true if it is missing"
        ),
    ] = UNSET
    valid_from: Annotated[Moment, Meta(description="Since when it is so by hand; null: always")] = UNSET
    valid_to: Annotated[Moment, Meta(description="Until when, excluded; null: still")] = UNSET
    drawn: Annotated[
        list[Any] | UnsetType,
        Meta(extra_json_schema={"maxItems": bounds.MAX_ITEMS}),
        Meta(description="As it was returned; only drawings change it"),
    ] = UNSET


DRAFTS: dict[str, type[Struct]] = {
    "sites": SiteDraft,
    "areas": AreaDraft,
    "assets": AssetDraft,
    "sensors": SensorDraft,
    "connections": ConnectionDraft,
}


def _patch_of(draft: type[Struct]) -> type[Struct]:
    """The same fields, all optional."""
    annotations = msgspec.structs.fields(draft)
    fields: list[Any] = [
        (field.name, field.type | UnsetType if field.required else field.type, UNSET) for field in annotations
    ]
    return msgspec.defstruct(f"Patched{draft.__name__.removesuffix('Draft')}", fields, kw_only=True, module=__name__)


SensorName = msgspec.defstruct(
    "SensorName",
    [
        ("id", Annotated[str, _text(bounds.MAX_REFERENCE, 1)]),
        *((f.name, f.type | UnsetType, UNSET) for f in msgspec.structs.fields(SensorDraft) if f.name != "id"),
    ],
    kw_only=True,
    module=__name__,
)
PATCHES: dict[str, type[Struct]] = {name: _patch_of(draft) for name, draft in DRAFTS.items()}
