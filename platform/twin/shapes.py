"""The geometry of a symbol: a few SVG primitives, each with the role that decides how it is painted."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

MAX_PATH_CHARS, MAX_TEXT_CHARS, MAX_PRIMITIVES = 8_000, 80, 200

Role = Literal[
    "fill",  # takes the state's fill
    "half_a", "half_b",  # a valve's halves: differ between open and closed
    "body", "bare", "paper",  # equipment; without an outline; a panel's ground
    "line", "dashed", "dots", "rule", "needle",  # strokes without a fill
    "solid",  # filled with the colour of lines
    "coil", "water",  # strokes in the colour of a medium
    "liquid",  # the area that a level fills from its bottom; else not seen
    "plot",  # the area of a trend; else not seen
]  # fmt: skip
TextRole = Literal["word", "small", "plain", "left", "right"]  # plain: on a body, whose fill no state changes

PART_ROLES, TEXT_ROLES = sorted(get_args(Role)), sorted(get_args(TextRole))  # as OpenAPI lists them


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """Turns about a point: `start` degrees when closed, stopped or at the range's lower end, `end` at the other."""

    x: float
    y: float
    start: float
    end: float


class _Painted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is", kw_only=True):
    role: Role
    turn: Turn | None = None


class Path(_Painted, frozen=True, tag="path"):
    d: Annotated[str, Meta(max_length=MAX_PATH_CHARS)]


class Circle(_Painted, frozen=True, tag="circle"):
    cx: float
    cy: float
    r: float


class Ellipse(_Painted, frozen=True, tag="ellipse"):
    cx: float
    cy: float
    rx: float
    ry: float


class Rect(_Painted, frozen=True, tag="rect"):
    x: float
    y: float
    width: float
    height: float
    rx: float = 0


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is", tag="text"):
    """Upright however the symbol is turned.

    `{label}`, `{letters}` and `{number}` are of the placement's label, `{slot}` the value bound to a slot, `{slot:tag}`
    its sensor's tag.
    """

    role: TextRole
    x: float
    y: float
    text: Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]


Primitive = Path | Circle | Ellipse | Rect | Words
