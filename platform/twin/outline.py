"""The lines that a symbol's primitives draw, for checks of where they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from twin.paths import Point, Segment, parse_path, points_along
from twin.shapes import Circle, Ellipse, Path, Primitive, Rect, Words


def polylines_of(part: Primitive) -> Iterator[list[Point]]:
    """What is drawn, as polylines; of a text its centre. Raises InvalidPath."""
    if isinstance(part, Path):
        yield from points_along(parse_path(part.d))
    elif isinstance(part, Words):
        yield [(part.x, part.y)]
    elif isinstance(part, Rect):
        yield from points_along(rectangle_segments(part.x, part.y, part.width, part.height, part.rx))
    else:
        yield _ring(part)


def distance(point: Point, line: list[Point]) -> float:
    if len(line) == 1:
        return math.dist(point, line[0])
    return min(_to_segment(point, start, end) for start, end in pairwise(line))


def rectangle_segments(x: float, y: float, width: float, height: float, rx: float = 0) -> list[Segment]:
    rx, ry = min(rx, width / 2), min(rx, height / 2)
    right, bottom = x + width, y + height
    if rx == 0 or ry == 0:
        return parse_path(f"M{x} {y}H{right}V{bottom}H{x}Z")
    corner = f"A{rx} {ry} 0 0 1"
    return parse_path(
        f"M{x + rx} {y}H{right - rx}{corner} {right} {y + ry}V{bottom - ry}{corner} {right - rx} {bottom}"
        f"H{x + rx}{corner} {x} {bottom - ry}V{y + ry}{corner} {x + rx} {y}Z"
    )


def ellipse_segments(cx: float, cy: float, rx: float, ry: float) -> list[Segment]:
    return parse_path(f"M{cx - rx} {cy}A{rx} {ry} 0 1 1 {cx + rx} {cy}A{rx} {ry} 0 1 1 {cx - rx} {cy}Z")


def _ring(part: Circle | Ellipse) -> list[Point]:
    rx, ry = (part.r, part.r) if isinstance(part, Circle) else (part.rx, part.ry)
    turns = [k * math.tau / 64 for k in range(65)]
    return [(part.cx + rx * math.cos(angle), part.cy + ry * math.sin(angle)) for angle in turns]


def _to_segment(point: Point, start: Point, end: Point) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = 0.0 if length == 0 else max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
    return math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay))
