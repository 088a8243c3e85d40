"""Schematics: an identity with versions, each a drawing that is valid from a given time on."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from catalog.bounds import MAX_NAME, MAX_TAG, MAX_WORD
from twin.symbols import Symbol

MAX_PARTS = 5_000  # of a kind in a drawing
MAX_CORNERS, MAX_SLOTS = 1_000, 100
Key = Annotated[str, Meta(max_length=200, extra_json_schema={"minLength": 1})]  # of a part, a symbol, a port, a sensor
Label = Annotated[str, Meta(max_length=500)]
Words = Annotated[str, Meta(max_length=5_000)]
MAX_SIZE = 100_000
_Size = Meta(extra_json_schema={"exclusiveMinimum": 0, "maximum": MAX_SIZE})
_Parts = Meta(extra_json_schema={"maxItems": MAX_PARTS})
Rotation = Literal[0, 90, 180, 270]
Side = Literal["top", "right", "bottom", "left"]
Medium = Literal[
    "chilled_supply", "chilled_return", "condenser", "hot_supply", "hot_return", "water", "condensate", "waste_water",
    "air", "supply_air", "return_air", "outside_air", "exhaust_air", "compressed_air", "steam", "gas", "refrigerant",
    "oil", "product", "solids", "electricity", "signal", "pneumatic", "data", "shaft",
]  # fmt: skip


# UNSET, not None: drawings that do not use them are encoded as before, and keep their digests.
Group = Annotated[
    Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType,
    Meta(description="Parts of one group are selected and moved together"),
]
Layer = Annotated[Label | UnsetType, Meta(description="Shown, hidden and locked by name in the editor")]


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot's sensor. `above`: a measured value larger than this means "running" or "open"."""

    sensor: Key
    above: float | None = None


class NewAsset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An asset that publishing creates, or the one of that tag if the site has it already. Its `name` is the tag if it
    is missing, its `type` the symbol's name.
    """

    tag: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_TAG})]
    name: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_NAME})] | UnsetType = UNSET
    type: Annotated[str, Meta(extra_json_schema={"maxLength": MAX_WORD})] | UnsetType = UNSET


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A symbol on the drawing: its top left corner before rotation, the asset it represents.

    `link`: the schematic that it leads to.
    """

    id: Key
    symbol: Key
    x: float
    y: float
    width: float | None = None
    height: float | None = None
    rotate: Rotation = 0
    flip: bool = False
    asset: Key | None = None
    new_asset: NewAsset | UnsetType = UNSET  # never null: the digests of drawings without one stay as they were
    label: Label | None = None
    label_at: Side = "bottom"
    slots: Annotated[dict[str, Binding], Meta(max_length=MAX_SLOTS)] = {}
    link: Key | None = None
    group: Group = UNSET
    layer: Layer = UNSET


class PipeEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One port of one placement."""

    placement: Key
    port: Key


class Pipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pipe, duct, cable or shaft in its design direction; `via`: its bends."""

    id: Key
    source: PipeEnd
    target: PipeEnd
    medium: Medium
    via: Annotated[list[tuple[float, float]], Meta(max_length=MAX_CORNERS)] = []
    name: Label | None = None
    arrow: bool = False
    group: Group = UNSET
    layer: Layer = UNSET


class Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value on the drawing; `of` is the placement it describes."""

    id: Key
    sensor: Key
    x: float
    y: float
    label: Label | None = None
    of: Key | None = None
    anchor: Literal["left", "centre", "right"] = "left"
    group: Group = UNSET
    layer: Layer = UNSET


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text on the drawing."""

    id: Key
    x: float
    y: float
    text: Words
    size: Literal["small", "normal", "heading"] = "normal"
    group: Group = UNSET
    layer: Layer = UNSET


class Background(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scanned drawing to trace over, which the editor shows dimmed below everything else."""

    scan: Key
    x: float
    y: float
    width: Annotated[float, _Size]
    height: Annotated[float, _Size]
    opacity: Annotated[float, Meta(ge=0.05, le=1)] = 0.4


class Drawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole drawing, in units of one pixel at a zoom of 1."""

    width: Annotated[float, _Size]
    height: Annotated[float, _Size]
    placements: Annotated[list[Placement], _Parts] = []
    pipes: Annotated[list[Pipe], _Parts] = []
    tags: Annotated[list[Tag], _Parts] = []
    texts: Annotated[list[Text], _Parts] = []
    background: Background | UnsetType = UNSET


class VersionInfo(msgspec.Struct, frozen=True):
    """A version without its drawing. `valid_from` in epoch ms; 0 means always."""

    version: int
    valid_from: int
    note: str
    author: str
    created: int


class Schematic(msgspec.Struct, frozen=True):
    """A schematic as returned in lists: identity and versions, oldest first, without drawings."""

    id: str
    site: str
    name: str
    revision: int
    versions: list[VersionInfo]


class SchematicVersion(msgspec.Struct, frozen=True):
    """A schematic with the version that was valid at the requested time.

    `symbols`: the tenant's own on the drawing, by the names that its placements have.
    """

    id: str
    site: str
    name: str
    revision: int
    versions: list[VersionInfo]
    version: VersionInfo
    drawing: Drawing
    symbols: dict[str, Symbol] = {}


class DrawingError(msgspec.Struct, frozen=True):
    """An error in a drawing: where (`placements[3].slots.run.sensor`), and what would be valid."""

    field: str
    message: str
