"""A tenant's own symbols: an identity with versions, which never change once a drawing may use them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from twin.own_symbols.geometry import MAX_SIDE, MIN_SIDE
from twin.own_symbols.svg_reader import MAX_SVG_CHARS
from twin.symbols import Port, Symbol

MAX_SYMBOLS = 200  # of a tenant
MAX_VERSIONS = 100  # of a symbol
MAX_NAME, MAX_NOTE, MAX_PORTS, MAX_WORDS = 80, 2_000, 40, 20
PORT_NAME = r"^[a-z][a-z0-9_]{0,39}$"

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Word = Annotated[str, Meta(min_length=1, max_length=40)]
PortName = Annotated[str, Meta(pattern=PORT_NAME, max_length=40)]


class SymbolContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a version consists of.

    `svg`: its drawing, from which ours is made; it is not kept. `width`: on drawings; the height follows. `states`: it
    shows nothing, running or stopped, or open or closed. `passes`: the flow only goes through it, as through a valve.
    """

    name: Name
    group: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    words: Annotated[list[Word], Meta(max_length=MAX_WORDS)] = []
    svg: Annotated[
        Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_SVG_CHARS})] | None,
        Meta(
            description="SVG with a viewBox. `data-role` on a shape says what it is: `fill` takes the state's colour, "
            "`liquid` is filled up to a level, `half_a` and `half_b` are a valve's halves. Needed for a new symbol.",
        ),
    ] = None
    width: Annotated[float, Meta(ge=MIN_SIDE, le=MAX_SIDE)] | None = None
    states: Literal["none", "running", "position"] = "none"
    passes: bool = False
    resizable: bool = False
    ports: Annotated[dict[PortName, Port], Meta(max_length=MAX_PORTS)] = {}
    note: Annotated[str, Meta(max_length=MAX_NOTE)] = ""


class SymbolChange(SymbolContent, frozen=True, kw_only=True):
    """A new version. Without `svg` the shape stays; everything else is as given."""

    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None


class SymbolVersion(Struct, frozen=True):
    """`created` in epoch ms."""

    version: int
    created: int
    author: str
    note: str


class OwnSymbol(Struct, frozen=True):
    """`symbol`: what a drawing's placement says, with the version; `definition`: of that version."""

    id: str
    name: str
    revision: int
    versions: list[SymbolVersion]
    symbol: str
    definition: Symbol
