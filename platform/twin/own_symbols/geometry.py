"""A symbol's primitives, rebuilt from an uploaded SVG. Pure.

Every shape becomes a path of absolute lines and curves in the symbol's own coordinates; colours become roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twin.outline import ellipse_segments, rectangle_segments
from twin.own_symbols.svg_reader import SHAPES, BadSvg, Node
from twin.own_symbols.transforms import Affine, parse_number, parse_numbers, parse_transform
from twin.paths import Segment, moved, parse_path, points_along, write_path
from twin.shapes import (
    MAX_PATH_CHARS,
    MAX_PRIMITIVES,
    MAX_TEXT_CHARS,
    PART_ROLES,
    TEXT_ROLES,
    Path,
    Primitive,
    Role,
    Words,
)

MIN_SIDE, DEFAULT_SIDE, MAX_SIDE = 4, 80, 1_000
MAX_CHARS = 40_000  # of all paths together
_MAX_POINTS = 2_000
_OUTSIDE = 1.0  # how far lines may reach out of the box, in the symbol's own units
_PAINT = ("fill", "stroke", "stroke-dasharray", "data-role")
_NOTHING = ("none", "transparent")
_LIGHT, _DARK = ("white", "#fff", "#ffffff"), ("black", "#000", "#000000", "")


@dataclass(frozen=True, slots=True)
class Drawn:
    width: float
    height: float
    shape: list[Primitive]


def rebuild(root: Node, width: float | None) -> Drawn:
    """`width`: of the symbol on drawings; else the SVG's own, but at most DEFAULT_SIDE. Raises BadSvg."""
    try:
        left, top, wide, high = _box(root.attributes)
        scale = width / wide if width else min(1.0, DEFAULT_SIDE / max(wide, high))
        if not MIN_SIDE <= min(wide, high) * scale <= max(wide, high) * scale <= MAX_SIDE:
            raise BadSvg(f"would be {wide * scale:g} by {high * scale:g} here; a side has {MIN_SIDE} to {MAX_SIDE}.")
        fit = Affine(a=scale, d=scale) @ Affine(e=-left, f=-top)
        drawn = Drawn(round(wide * scale, 2), round(high * scale, 2), list(_primitives(root, fit, {})))
        _check(drawn)
    except ArithmeticError:
        raise BadSvg("has numbers that are too large or too close to 0 to draw with.") from None
    except ValueError as error:
        raise BadSvg(f"{error}.") from None
    return drawn


def _box(attributes: Mapping[str, str]) -> tuple[float, float, float, float]:
    if "viewBox" in attributes:
        numbers = parse_numbers(attributes["viewBox"], 4)
        if len(numbers) != 4:
            raise ValueError("its viewBox takes four numbers")
        left, top, wide, high = numbers
    elif not {"width", "height"} <= attributes.keys():
        raise ValueError("it needs a viewBox, or width and height as numbers")
    else:
        left, top = 0.0, 0.0
        wide, high = (parse_number(attributes.get(name, "").removesuffix("px")) for name in ("width", "height"))
    if wide <= 0 or high <= 0:
        raise ValueError("its viewBox must have a width and a height above 0")
    return left, top, wide, high


def _primitives(node: Node, place: Affine, inherited: Mapping[str, str]) -> Iterator[Primitive]:
    """`inherited`: paint of the groups around it."""
    own = node.attributes
    if own.get("display") == "none" or own.get("visibility") in ("hidden", "collapse"):
        return
    if "transform" in own:
        place = place @ parse_transform(own["transform"])
    paint = {**inherited, **{name: own[name] for name in _PAINT if name in own}}
    if node.name == "text":
        yield from _words(node, place)
    elif node.name in SHAPES:
        yield from _path(node, place, paint)
    else:
        for child in node.children:
            yield from _primitives(child, place, paint)


def _path(node: Node, place: Affine, paint: Mapping[str, str]) -> Iterator[Primitive]:
    role = _role(paint)
    segments = moved(_segments(node), place) if role else []
    if role and len(segments) > 1:
        yield Path(role=role, d=write_path(segments))


def _words(node: Node, place: Affine) -> Iterator[Primitive]:
    text = " ".join(node.text.split())
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(f"a text has at most {MAX_TEXT_CHARS} characters")
    numbers = (node.attributes.get(name, "0").removesuffix("px") for name in ("x", "y"))
    x, y = place(tuple(map(parse_number, numbers)))  # type: ignore[arg-type]
    role = node.attributes.get("data-role")  # that of a group is for its shapes
    if role is not None and role not in TEXT_ROLES:
        raise ValueError(f"a text has one of the roles {', '.join(TEXT_ROLES)}, not “{role[:40]}”")
    if text:
        yield Words(role=role or "plain", x=round(x, 2), y=round(y, 2), text=text)  # type: ignore[arg-type]


def _role(paint: Mapping[str, str]) -> Role | None:
    """What a colour means here; None: not seen."""
    if (given := paint.get("data-role")) is not None:
        if given not in PART_ROLES:
            raise ValueError(f"“{given[:40]}” is not a role; known: {', '.join(PART_ROLES)}")
        return given  # type: ignore[return-value]
    fill, stroke = (paint.get(name, "").strip().lower() for name in ("fill", "stroke"))
    stroked = stroke not in ("", *_NOTHING)
    if fill in _NOTHING:
        dashed = paint.get("stroke-dasharray", "none").strip() not in ("", "none", "0")
        return ("dashed" if dashed else "line") if stroked else None
    if fill in _LIGHT:
        return "paper"
    if fill in _DARK:
        return "solid"
    return "body" if stroked else "bare"


def _segments(node: Node) -> list[Segment]:
    def number(name: str) -> float:
        return parse_number(node.attributes.get(name, "0").removesuffix("px"))

    if node.name == "path":
        return parse_path(node.attributes.get("d", ""))
    if node.name in ("polyline", "polygon"):
        return _polyline(node.attributes.get("points", ""), closed=node.name == "polygon")
    if node.name == "line":
        return parse_path(f"M{number('x1')} {number('y1')}L{number('x2')} {number('y2')}")
    if node.name == "rect":
        given = "rx" if "rx" in node.attributes else "ry"
        return rectangle_segments(*map(number, ("x", "y", "width", "height", given)))
    rx, ry = (number("r"),) * 2 if node.name == "circle" else (number("rx"), number("ry"))
    return ellipse_segments(number("cx"), number("cy"), rx, ry) if rx > 0 and ry > 0 else []


def _polyline(points: str, closed: bool) -> list[Segment]:
    numbers = parse_numbers(points, 2 * _MAX_POINTS)
    if len(numbers) % 2:
        raise ValueError("`points` has an odd number of coordinates")
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    segments = [Segment("L" if index else "M", (pair,)) for index, pair in enumerate(pairs)]
    return [*segments, Segment("Z")] if closed and segments else segments


def _check(drawn: Drawn) -> None:
    paths = [part.d for part in drawn.shape if isinstance(part, Path)]
    if not paths:
        raise BadSvg("draws nothing: it needs a path, a circle, a rectangle or another shape with a fill or a stroke.")
    if len(drawn.shape) > MAX_PRIMITIVES:
        raise BadSvg(f"has {len(drawn.shape)} shapes; at most {MAX_PRIMITIVES} are allowed.")
    if max(map(len, paths)) > MAX_PATH_CHARS or sum(map(len, paths)) > MAX_CHARS:
        raise BadSvg(f"has too long paths: up to {MAX_PATH_CHARS:,} characters each, {MAX_CHARS:,} together.")
    for part in drawn.shape:
        points = [(part.x, part.y)] if isinstance(part, Words) else _points(part)
        for x, y in points:
            if not (-_OUTSIDE <= x <= drawn.width + _OUTSIDE and -_OUTSIDE <= y <= drawn.height + _OUTSIDE):
                raise BadSvg("reaches out of its viewBox; enlarge the viewBox, or move what is outside.")


def _points(part: Primitive) -> Iterator[tuple[float, float]]:
    assert isinstance(part, Path)
    for line in points_along(parse_path(part.d), pieces=8):
        yield from line


def placeholders_of(shape: list[Primitive]) -> set[str]:
    """What texts of the shape leave room for: `{label}` and the like."""
    words = [part.text for part in shape if isinstance(part, Words)]
    return {name for text in words for name in re.findall(r"\{([^{}]{0,80})\}", text)}
