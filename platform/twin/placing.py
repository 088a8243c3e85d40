"""Where a placed symbol and its ports are on the drawing. As `frontend/src/schematic/core/geometry.ts`."""

from __future__ import annotations

from twin.models import Placement, Side
from twin.symbols import Port, Symbol

Point = tuple[float, float]
_CLOCKWISE: tuple[Side, ...] = ("top", "right", "bottom", "left")
_MIRROR: dict[Side, Side] = {"left": "right", "right": "left", "top": "top", "bottom": "bottom"}


def size_of(placement: Placement, symbol: Symbol) -> tuple[float, float]:
    """Before turning."""
    width = symbol.width if placement.width is None else placement.width
    return width, symbol.height if placement.height is None else placement.height


def box_of(placement: Placement, symbol: Symbol) -> tuple[float, float, float, float]:
    """Left, top, width and height of what it covers: it turns about its centre."""
    width, height = size_of(placement, symbol)
    w, h = (height, width) if placement.rotate % 180 else (width, height)
    return placement.x + (width - w) / 2, placement.y + (height - h) / 2, w, h


def port_at(placement: Placement, symbol: Symbol, port: Port) -> Point:
    width, height = size_of(placement, symbol)
    dx = port.x * width / (symbol.width or 1) - width / 2
    dy = port.y * height / (symbol.height or 1) - height / 2
    x, y = turned((-dx if placement.flip else dx, dy), placement.rotate)
    return placement.x + width / 2 + x, placement.y + height / 2 + y


def side_of(placement: Placement, port: Port) -> Side | None:
    """On which a pipe leaves it; None: on any."""
    if port.side == "any":
        return None
    side = _MIRROR[port.side] if placement.flip else port.side
    return _CLOCKWISE[(_CLOCKWISE.index(side) + placement.rotate // 90) % 4]


def turned(point: Point, rotate: int) -> Point:
    """Clockwise about the origin, with y downwards."""
    x, y = point
    return {90: (-y, x), 180: (-x, -y), 270: (y, -x)}.get(rotate, (x, y))
