"""What a client sends. References may be by id or by name: a site's slug, an area's name, an asset's tag.

`…Draft` creates (and, in bulk calls, creates or changes); `…Patch` changes the fields it names.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.models import Kind, Revision, Sampling, Scalar
from catalog.units import StoredUnit

SiteRef = Annotated[str, Meta(description="A site's slug or id")]
AreaRef = Annotated[str, Meta(description="An area's name or id")]
AssetRef = Annotated[str, Meta(description="An asset's tag or id")]


class _Draft(Struct, kw_only=True):
    # What a list answered may be sent back as it was: the id must then be the document's, the revision its last.
    id: str | UnsetType = UNSET
    revision: Revision | UnsetType = UNSET
    description: str | UnsetType = UNSET


class SiteDraft(_Draft, kw_only=True):
    name: str
    timezone: Annotated[str, Meta(description="IANA time zone, such as Asia/Dubai")]
    slug: Annotated[str | UnsetType, Meta(description="Made from the name where it is missing")] = UNSET


class AreaDraft(_Draft, kw_only=True):
    site: SiteRef
    name: str
    parent: AreaRef | UnsetType | None = UNSET


class AssetDraft(_Draft, kw_only=True):
    site: SiteRef
    tag: str
    name: Annotated[str | UnsetType, Meta(description="The tag where it is missing")] = UNSET
    type: str | UnsetType = UNSET
    area: AreaRef | UnsetType | None = UNSET
    parent: AssetRef | UnsetType | None = UNSET
    properties: dict[str, Scalar] | UnsetType = UNSET


class SensorDraft(_Draft, kw_only=True):
    site: SiteRef
    tag: str
    name: Annotated[str | UnsetType, Meta(description="The tag where it is missing")] = UNSET
    asset: AssetRef | UnsetType | None = UNSET
    unit: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    states: dict[str, str] | UnsetType = UNSET
    range: tuple[float, float] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    interval_s: float | UnsetType | None = UNSET
    rollover: Annotated[
        float | UnsetType | None, Meta(description="Counters: where the register goes on from zero, such as 100000")
    ] = UNSET
    tolerance: Annotated[
        float | UnsetType, Meta(description="Counters: a fall of no more than this is noise, not a reset")
    ] = UNSET
    sampling: Annotated[
        Sampling | UnsetType, Meta(description="on_change for discrete and text sensors where it is missing")
    ] = UNSET
    stored_as: Annotated[
        StoredUnit | UnsetType | None, Meta(description="As it was answered; it follows from `history=convert` alone")
    ] = UNSET


class ConnectionDraft(_Draft, kw_only=True):
    site: SiteRef
    source: AssetRef
    target: AssetRef
    medium: str | UnsetType = UNSET


DRAFTS: dict[str, type[Struct]] = {
    "sites": SiteDraft,
    "areas": AreaDraft,
    "assets": AssetDraft,
    "sensors": SensorDraft,
    "connections": ConnectionDraft,
}


def _patch_of(draft: type[Struct]) -> type[Struct]:
    """The same fields, none of them needed. (The schema's generator calls it `PatchedSensor`.)"""
    annotations = msgspec.structs.fields(draft)
    fields: list[Any] = [
        (field.name, field.type | UnsetType if field.required else field.type, UNSET) for field in annotations
    ]
    return msgspec.defstruct(draft.__name__.removesuffix("Draft"), fields, kw_only=True, module=__name__)


PATCHES: dict[str, type[Struct]] = {name: _patch_of(draft) for name, draft in DRAFTS.items()}
