"""Request bodies of the schematics API."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from kernel.times import EARLIEST, LATEST, MAX_CHARS, parse_time
from twin.names import NAME_LENGTH
from web.bodies import MIB
from web.openapi.bounds import MAX_SEGMENT_CHARS

MIN_FRAMES, DEFAULT_FRAMES, MAX_FRAMES = 2, 600, 2_000
MAX_NOTE = 2_000
MAX_DRAWING_BYTES = 8 * MIB  # 5,000 placements, pipes, tags and texts
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Moment = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)] | None,
    Meta(description="Epoch ms or ISO 8601 with a zone"),
]

SiteName = Annotated[str, Meta(min_length=1, max_length=MAX_SEGMENT_CHARS, description="A site's slug or id")]
MAX_VERSION = 2**31 - 1
VersionNumber = Annotated[int, Meta(ge=1, le=MAX_VERSION)]
BaseRevision = Annotated[
    Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
    Meta(description="The revision it was made from; or send If-Match"),
]


class NewSchematic(Struct, forbid_unknown_fields=True):
    """Body of POST. Without `valid_from` the drawing has always been valid."""

    site: SiteName
    name: Name
    drawing: Any
    valid_from: Moment = None
    note: Note = ""


class NewVersion(Struct, forbid_unknown_fields=True):
    """Body of PUT. `valid_from` defaults to now."""

    drawing: Any
    revision: BaseRevision = None
    valid_from: Moment = None
    note: Note = ""
    name: Name | None = None


class Publishing(Struct, forbid_unknown_fields=True):
    """Body of a publication. Without `drawing` the caller's draft is published, with its base."""

    drawing: Any = None
    base: Annotated[VersionNumber | None, Meta(description="The version that the drawing was made from")] = None
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The draft's, to publish no other than was read; or send If-Match"),
    ] = None
    valid_from: Moment = None
    note: Note = ""
    name: Name | None = None


class Previewing(Struct, forbid_unknown_fields=True):
    """Body of a preview. Without `drawing` it is of the caller's draft."""

    drawing: Any = None
    valid_from: Moment = None


def moment(value: int | str | None) -> int | None:
    """A `valid_from` of a body, in epoch ms."""
    return None if value is None else parse_time(str(value), "valid_from")
