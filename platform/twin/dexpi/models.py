"""What the DEXPI endpoints take and return."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from twin.bodies import Name, SiteName
from twin.dexpi.xml_reader import MAX_XML_CHARS
from twin.models import Drawing


class NewImport(Struct, forbid_unknown_fields=True):
    """Body of an import: the file's text. Tags are looked up at the site."""

    site: SiteName
    xml: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_XML_CHARS})]


class NewExport(Struct, forbid_unknown_fields=True):
    """Body of an export."""

    site: SiteName
    name: Name
    drawing: Any


class Taken(Struct, frozen=True):
    """How many parts of the file are on the drawing."""

    equipment: int
    piping_components: int
    instruments: int
    pipes: int
    signals: int


class Note(Struct, frozen=True):
    """What is not as in the file: what, how often, why, and the first few of it."""

    what: str
    count: int
    why: str
    examples: list[str]


class DexpiDrawing(Struct, frozen=True):
    """A drawing from a file. Nothing is stored. `replaced`: drawn as something similar; `left_out`: not drawn."""

    name: str
    drawing: Drawing
    taken: Taken
    replaced: list[Note]
    left_out: list[Note]


class DexpiFile(Struct, frozen=True):
    """A drawing as a file. `left_out`: what DEXPI has no words for."""

    xml: str
    left_out: list[Note]
