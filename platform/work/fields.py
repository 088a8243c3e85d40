"""Types that several of the package's documents share."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from catalog.bounds import MAX_REFERENCE
from kernel.errors import BadRequest
from kernel.times import EARLIEST, LATEST, MAX_CHARS, parse_time

MAX_TITLE, MAX_TEXT = 200, 4_000

Priority = Literal[1, 2, 3, 4]
CaseKind = Literal["service", "maintenance", "retrofit"]
Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Reference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE)]
MemberId = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE, description="Of GET /api/v1/cases/people")]
Moment = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)],
    Meta(description="Epoch ms, or ISO 8601 with a zone"),
]
GivenRevision = Annotated[
    Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
    Meta(description="The revision it was made from; or send If-Match"),
]


class Person(Struct, frozen=True, kw_only=True):
    """A member of the tenant. `name`: as it was when it was stored."""

    id: str
    name: str


class PlantObject(Struct, frozen=True, kw_only=True):
    """An asset, a sensor or a device, with its names as they were when it was stored: it may be gone."""

    id: str
    tag: str = ""
    name: str = ""


def checked_title(text: str, field: str) -> str:
    """Without blanks around it. BadRequest if nothing or more than a line is left."""
    title = text.strip()
    if not title or any(ord(each) < 32 or ord(each) == 127 for each in title):
        raise wrong(field, f"`{field}` is one line of text.")
    return title


def checked_moment(given: int | str, field: str) -> int:
    """Epoch ms. BadRequest for what is no time, or looks like seconds."""
    return parse_time(str(given), field)


def wrong(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])
