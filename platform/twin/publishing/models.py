"""What publishing changes in the catalog, as it is shown to people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from twin.derivation.warnings import ModelWarning
from twin.models import SchematicVersion, VersionInfo


class AssetToCreate(msgspec.Struct, frozen=True):
    tag: str
    name: str
    type: str
    placements: list[str]


class AssetShown(msgspec.Struct, frozen=True):
    id: str
    tag: str
    name: str


class AssetChanges(msgspec.Struct, frozen=True):
    created: list[AssetToCreate]
    unchanged: list[AssetShown]


class End(msgspec.Struct, frozen=True):
    id: Annotated[str | None, Meta(description="Null for an asset that publishing creates")]
    tag: str


class ConnectionShown(msgspec.Struct, frozen=True):
    id: Annotated[str | None, Meta(description="Null for one that publishing creates")]
    source: End
    target: End
    medium: str
    by_hand: Annotated[bool, Meta(description="Also entered by hand for that time")]
    schematics: Annotated[list[str], Meta(description="Others that show it at that time, by id")]


class ConnectionChanges(msgspec.Struct, frozen=True):
    created: Annotated[list[ConnectionShown], Meta(description="Shown, and not valid before")]
    ended: Annotated[list[ConnectionShown], Meta(description="No longer shown, neither here nor elsewhere")]
    unchanged: Annotated[list[ConnectionShown], Meta(description="Shown, and valid before")]
    kept: Annotated[
        list[ConnectionShown],
        Meta(description="No longer shown here; kept, as it was made by hand or another schematic shows it"),
    ]


class ModelChange(msgspec.Struct, frozen=True):
    """What a drawing changes at `valid_from`. At `valid_to` the next version begins; null: there is none."""

    valid_from: int
    valid_to: int | None
    assets: AssetChanges
    connections: ConnectionChanges
    warnings: list[ModelWarning]


class Published(msgspec.Struct, frozen=True):
    schematic: SchematicVersion
    changes: ModelChange


DifferenceKind = Literal["size", "background", "placements", "pipes", "tags", "texts"]
ChangedBy = Literal["mine", "theirs", "both"]


class Difference(msgspec.Struct, frozen=True):
    """A part of a drawing that somebody changed since `base`. A part that is not there is null."""

    kind: DifferenceKind
    id: Annotated[str, Meta(description="The part's; empty for size and background")]
    changed: Annotated[ChangedBy, Meta(description="By whom")]
    base: Any
    mine: Any
    theirs: Any


class Conflicting(msgspec.Struct, frozen=True):
    """Members of the problem `published-since`."""

    base: int
    current: VersionInfo
    differences: list[Difference]
    more: int
