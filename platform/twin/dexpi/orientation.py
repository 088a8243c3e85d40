"""How a symbol is turned: as its item says, unless the flow through it says otherwise. Pure."""

from __future__ import annotations

from twin.dexpi.plant_model import Item
from twin.models import Rotation
from twin.placing import Point, turned
from twin.symbols import Symbol

_TURNS: tuple[Rotation, ...] = (0, 90, 180, 270)


def orient(item: Item, symbol: Symbol, flow: Point | None) -> tuple[Rotation, bool]:
    """`flow`: from where it comes in to where it goes out, y upwards. An actuator stays on its side if possible."""
    rotate, flip = _TURNS[round(-item.turn / 90) % 4], item.mirrored
    through = _through(symbol)
    if through is None or flow is None or max(map(abs, flow)) == 0:
        return rotate, flip
    wanted = _nearest_axis((flow[0], -flow[1]))
    given = ((rotate, flip), (rotate, not flip), *((turn, flip) for turn in _TURNS))
    return next(each for each in given if _nearest_axis(_turn(through, *each)) == wanted)


def flow_by_nodes(item: Item) -> Point | None:
    nodes = dict(enumerate(item.nodes))
    into, out = nodes.get(item.flow_in), nodes.get(item.flow_out)
    return (out[0] - into[0], out[1] - into[1]) if into and out and into != out else None


def _through(symbol: Symbol) -> Point | None:
    """From inlet to outlet of what sits straight in a pipe."""
    into, out = symbol.ports.get("in"), symbol.ports.get("out")
    if into is None or out is None or not symbol.passes or (into.x != out.x and into.y != out.y):
        return None
    return out.x - into.x, out.y - into.y


def _turn(point: Point, rotate: Rotation, flip: bool) -> Point:
    return turned((-point[0] if flip else point[0], point[1]), rotate)


def _nearest_axis(vector: Point) -> tuple[int, int]:
    x, y = vector
    return ((1 if x > 0 else -1), 0) if abs(x) >= abs(y) else (0, (1 if y > 0 else -1))
