"""The lines of a plant model as pipes between ports. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.text import plain_line
from twin.dexpi.chains import Chain, Step, Stop
from twin.dexpi.notes import Notes
from twin.dexpi.plant_model import PlantModel
from twin.dexpi.port_choice import Placed, choose_medium, choose_port
from twin.dexpi.sheet import Sheet
from twin.models import Medium, Pipe, PipeEnd, Placement
from twin.placing import Point, port_at, side_of
from twin.symbols import library

_CLOSE_PX = 2.0  # runs that deviate less are straight
_MAX_CORNERS = 1_000


@dataclass(frozen=True, slots=True)
class Drawn:
    pipes: list[Pipe]
    junctions: list[Placed]


class PipeDrawer:
    def __init__(self, model: PlantModel, placed: dict[str, Placed], sheet: Sheet, notes: Notes) -> None:
        self._model, self._placed, self._sheet, self._notes = model, placed, sheet, notes
        self._junctions: dict[str, Placed] = {}
        self._pipes: list[Pipe] = []

    def draw(self, chains: list[Chain]) -> Drawn:
        for chain in chains:
            for lost in chain.lost:
                self._notes.add("Connection", "it ends at something that is not in the file", lost)
            for index, step in enumerate(chain.steps):
                self._draw(chain, step, chain.line.name if index == 0 else "")
        return Drawn(self._pipes, list(self._junctions.values()))

    def _draw(self, chain: Chain, step: Step, name: str) -> None:
        source, target = self._at(step.source), self._at(step.target)
        what, example = "information flow" if chain.line.is_signal else "pipe", chain.line.name or chain.line.id
        if source is None or target is None:
            self._notes.add(what, "one of its ends is not drawn", example)
        elif source is target:
            self._notes.add(what, "it ends where it begins", example)
        elif medium := self._medium(chain, source, target):
            self._add(chain, step, source, target, medium, name)
        elif medium := self._medium(chain, target, source):
            self._notes.add(what, "drawn the other way round: its outlet is an inlet here", example)
            back = Step(step.target, step.source, step.run[::-1])
            self._add(chain, back, target, source, medium, name)
        else:
            self._notes.add(what, "no port of the symbols at its ends takes it", example)

    def _medium(self, chain: Chain, source: Placed, target: Placed) -> Medium | None:
        return choose_medium(chain.line.fluid, source, target, chain.line.is_signal)

    def _add(self, chain: Chain, step: Step, source: Placed, target: Placed, medium: Medium, name: str) -> None:
        run = [self._sheet(point) for point in step.run]
        into = self._near(step.source) or (run[0] if run else _middle(target))
        out = self._near(step.target) or (run[-1] if run else _middle(source))
        ends = choose_port(source, medium, into, leaving=True), choose_port(target, medium, out, leaving=False)
        self._pipes.append(
            Pipe(
                id=f"pipe{len(self._pipes)}",
                source=PipeEnd(source.placement.id, ends[0]),
                target=PipeEnd(target.placement.id, ends[1]),
                medium=medium,
                via=_corners(source, ends[0], run, target, ends[1]),
                name=plain_line(name, 200) or None,
            )
        )

    def _near(self, stop: Stop) -> Point | None:
        return self._sheet(stop.at) if stop.at else None

    def _at(self, stop: Stop) -> Placed | None:
        """What is placed there; for a component without a symbol a junction."""
        if (found := self._placed.get(stop.item) or self._junctions.get(stop.item)) is not None:
            return found
        item = self._model.items[stop.item]
        point = item.at or (item.box.centre if item.box else None)
        if item.element != "PipingComponent" or point is None:
            return None
        x, y = self._sheet(point)
        placement = Placement(id=f"joint{len(self._junctions)}", symbol="junction", x=x, y=y)
        self._junctions[stop.item] = Placed(placement, library().symbols["junction"])
        return self._junctions[stop.item]


def _middle(placed: Placed) -> Point:
    width, height = placed.placement.width or placed.symbol.width, placed.placement.height or placed.symbol.height
    return placed.placement.x + width / 2, placed.placement.y + height / 2


def _corners(source: Placed, out: str, run: list[Point], target: Placed, into: str) -> list[Point]:
    """The run's inner corners, moved onto the ports' axes; none if the pipe would leave a port backwards."""
    via = run[1:-1][:_MAX_CORNERS]
    if not via:
        return []
    begin = port_at(source.placement, source.symbol, source.symbol.ports[out])
    end = port_at(target.placement, target.symbol, target.symbol.ports[into])
    via[0] = _aligned(run[0], via[0], begin)
    via[-1] = _aligned(run[-1], via[-1], end)
    outward = _is_outward(source, out, begin, via[0]) and _is_outward(target, into, end, via[-1])
    return via if outward else []


def _aligned(old: Point, corner: Point, new: Point) -> Point:
    """The corner after an end that has moved from `old` to `new`: what was level or upright stays so."""
    x, y = corner
    if abs(old[1] - y) <= _CLOSE_PX:
        return x, new[1]
    return (new[0], y) if abs(old[0] - x) <= _CLOSE_PX else corner


def _is_outward(placed: Placed, port: str, at: Point, corner: Point) -> bool:
    dx, dy = corner[0] - at[0], corner[1] - at[1]
    side = side_of(placed.placement, placed.symbol.ports[port])
    along = {"left": -dx, "right": dx, "top": -dy, "bottom": dy}
    return side is None or along[side] > 0
