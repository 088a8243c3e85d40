"""The symbols that a drawing may use: `library/`, one file for each group, which the web UI reads too."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from twin.shapes import Primitive

FOLDER = Path(__file__).with_name("library")
Kind = Literal[
    "water", "air", "steam", "gas", "refrigerant", "oil", "product", "solid", "electricity", "signal", "shaft",
    "fluid", "liquid", "gaseous", "any",
]  # fmt: skip
MAX_LENGTH = 10_000
Length = Annotated[float, Meta(ge=0, le=MAX_LENGTH)]
Standard = Literal["ISA-5.1", "ISO 10628", "IEC 60617", "none"]


class Port(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a pipe may end, relative to the symbol's top left corner. `kind`: a medium's, or a class of them."""

    x: Length
    y: Length
    side: Literal["top", "right", "bottom", "left", "any"]
    kind: Kind
    way: Literal["in", "out", "any"]


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property that a sensor may be bound to, the sensor kinds it accepts, and what of the symbol shows it.

    `speed`, `command` and `power` are shown at the symbol, whatever its shape: a bar, a mark, a figure.
    """

    title: str
    kinds: list[str]
    shows: Literal["state", "level", "turn", "value", "trend", "speed", "command", "power", "none"]


class Passage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """A flow path through the symbol, and the states that block it."""

    source: str
    target: str
    blocked: list[str]


class Symbol(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`words`: what a search finds it by, besides its title.

    `passes`: the flow only goes through it, as through a valve; without passages from any port to any other.
    `stretch`: where a resizable one grows, from and to; else all of it. `links`: may lead to another schematic.
    """

    title: str
    group: str = ""
    standard: Standard
    words: list[str] = []
    width: float
    height: float
    resizable: bool = False
    states: Literal["none", "running", "position"] = "none"
    passes: bool = False
    links: bool = False
    stretch: dict[Literal["x", "y"], tuple[float, float]] = {}
    shape: list[Primitive] = []
    ports: dict[str, Port] = {}
    slots: dict[str, Slot] = {}
    passages: list[Passage] = []


class MediumInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`flows`: the word for it in the catalog's connections, where supply and return are the same water."""

    title: str
    kind: Kind
    flows: str


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of the palette."""

    name: str
    title: str


class Library(msgspec.Struct, frozen=True):
    """`classes`: kinds of ports that accept several kinds of media. Groups and symbols are in the palette's order."""

    media: dict[str, MediumInfo]
    classes: dict[str, list[str]]
    groups: list[Group]
    symbols: dict[str, Symbol] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symbols: dict[str, Symbol]


@lru_cache(maxsize=1)
def library() -> Library:
    index = msgspec.json.decode((FOLDER / "index.json").read_bytes(), type=Library)
    symbols = {
        name: msgspec.structs.replace(symbol, group=group.name)
        for group in index.groups
        for name, symbol in _read(group.name).items()
    }
    return msgspec.structs.replace(index, symbols=symbols)


def accepts(port: str, medium: str) -> bool:
    """Whether a port of this kind takes media of that kind."""
    return port in ("any", medium) or medium in library().classes.get(port, ())


def _read(group: str) -> dict[str, Symbol]:
    return msgspec.json.decode((FOLDER / f"{group}.json").read_bytes(), type=_File).symbols
