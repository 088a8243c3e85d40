"""The symbols a drawing may use, with ports, slots and passages: `symbols.json`, which the web UI reads too."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec


class Port(msgspec.Struct, frozen=True):
    """Where a pipe may end, relative to the symbol's top left corner; `kind` "any" accepts every medium."""

    x: float
    y: float
    side: Literal["top", "right", "bottom", "left", "any"]
    kind: Literal["water", "air", "steam", "gas", "electricity", "signal", "shaft", "any"]
    way: Literal["in", "out", "any"]


class Slot(msgspec.Struct, frozen=True):
    """A property that a sensor may be bound to, and the sensor kinds it accepts."""

    title: str
    kinds: list[str]


class Passage(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """A flow path through the symbol, and the states that block it."""

    source: str
    target: str
    blocked: list[str]


class Symbol(msgspec.Struct, frozen=True):
    title: str
    width: float
    height: float
    resizable: bool
    states: Literal["none", "running", "position"]
    ports: dict[str, Port]
    slots: dict[str, Slot]
    passages: list[Passage]


class MediumInfo(msgspec.Struct, frozen=True):
    title: str
    kind: str


class Library(msgspec.Struct, frozen=True):
    media: dict[str, MediumInfo]
    symbols: dict[str, Symbol]


@lru_cache(maxsize=1)
def library() -> Library:
    return msgspec.json.decode(Path(__file__).with_name("symbols.json").read_bytes(), type=Library)
