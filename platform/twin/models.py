"""What a schematic is: an identity with versions, each a drawing valid from a moment on."""

from __future__ import annotations

from typing import Literal

import msgspec

Rotation = Literal[0, 90, 180, 270]
Side = Literal["top", "right", "bottom", "left"]
Medium = Literal[
    "chilled_supply", "chilled_return", "condenser", "hot_supply", "hot_return", "water",
    "air", "steam", "gas", "electricity", "signal", "shaft",
]  # fmt: skip


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot's sensor. `above`: a measured sensor stands for "running" or "open" when its value is larger than this."""

    sensor: str
    above: float | None = None


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A symbol on the drawing: its top left corner before turning, and the asset it stands for."""

    id: str
    symbol: str
    x: float
    y: float
    width: float | None = None
    height: float | None = None
    rotate: Rotation = 0
    flip: bool = False
    asset: str | None = None
    label: str | None = None
    label_at: Side = "bottom"
    slots: dict[str, Binding] = {}


class PipeEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One port of one placement."""

    placement: str
    port: str


class Pipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pipe, duct, cable or shaft in its design direction; `via` are the corners it must pass."""

    id: str
    source: PipeEnd
    target: PipeEnd
    medium: Medium
    via: list[tuple[float, float]] = []
    name: str | None = None
    arrow: bool = False


class Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value on the drawing; `of` is the placement it describes."""

    id: str
    sensor: str
    x: float
    y: float
    label: str | None = None
    of: str | None = None
    anchor: Literal["left", "centre", "right"] = "left"


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words on the drawing."""

    id: str
    x: float
    y: float
    text: str
    size: Literal["small", "normal", "heading"] = "normal"


class Drawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole drawing, in units of one pixel at a zoom of 1."""

    width: float
    height: float
    placements: list[Placement] = []
    pipes: list[Pipe] = []
    tags: list[Tag] = []
    texts: list[Text] = []


class VersionInfo(msgspec.Struct, frozen=True):
    """One version, without its drawing. `valid_from` in epoch ms; 0 means since ever."""

    version: int
    valid_from: int
    note: str
    author: str
    created: int


class Schematic(msgspec.Struct, frozen=True):
    """A schematic as lists answer it: identity and versions, oldest first, without drawings."""

    id: str
    site: str
    name: str
    revision: int
    versions: list[VersionInfo]


class SchematicVersion(msgspec.Struct, frozen=True):
    """A schematic with the one version that was valid at the moment asked for."""

    id: str
    site: str
    name: str
    revision: int
    versions: list[VersionInfo]
    version: VersionInfo
    drawing: Drawing


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong in a drawing: where (`placements[3].slots.run.sensor`) and what would be right."""

    field: str
    message: str
