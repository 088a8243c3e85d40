"""Request bodies of the schematics API."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from kernel.times import EARLIEST, LATEST, MAX_CHARS
from twin.repository import NAME_LENGTH
from web.openapi.bounds import MAX_SEGMENT_CHARS

MIN_FRAMES, DEFAULT_FRAMES, MAX_FRAMES = 2, 600, 2_000
MAX_NOTE = 2_000
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Moment = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)] | None,
    Meta(description="Epoch ms or ISO 8601 with a zone"),
]


class NewSchematic(Struct, forbid_unknown_fields=True):
    """Body of POST. Without `valid_from` the drawing has always been valid."""

    site: Annotated[str, Meta(min_length=1, max_length=MAX_SEGMENT_CHARS)]
    name: Name
    drawing: Any
    valid_from: Moment = None
    note: Note = ""


class NewVersion(Struct, forbid_unknown_fields=True):
    """Body of PUT. `valid_from` defaults to now."""

    drawing: Any
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None
    valid_from: Moment = None
    note: Note = ""
    name: Name | None = None
