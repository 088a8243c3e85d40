"""What a line of the file connects, step by step. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from twin.dexpi.plant_model import End, Line, PlantModel
from twin.placing import Point


@dataclass(frozen=True, slots=True)
class Stop:
    """An item on the way, and where the line meets it if the file says so."""

    item: str
    at: Point | None = None


@dataclass(frozen=True, slots=True)
class Step:
    source: Stop
    target: Stop
    run: list[Point]


@dataclass(frozen=True, slots=True)
class Chain:
    line: Line
    steps: list[Step]
    lost: list[str]  # ends that are no item of the file


class Chains:
    """`shown`: what has a symbol. Other components are led through, unless lines end at them."""

    def __init__(self, model: PlantModel, shown: set[str]) -> None:
        self._model = model
        self._shown = shown
        ends = (end for line in model.lines for end in (line.source, line.target) if end)
        self._ends = Counter(end.item for end in ends)

    def all(self) -> Iterator[Chain]:
        for line in self._model.lines:
            yield self._chain(line)

    def _chain(self, line: Line) -> Chain:
        stops: list[tuple[Stop, list[Point]]] = []
        run: list[Point] = []
        lost: list[str] = []
        source, target = self._stop(line.source, lost), self._stop(line.target, lost)
        if source is not None:
            stops.append((source, []))
        for part in line.parts:
            if isinstance(part, list):
                run.extend(part)
            elif self._is_stop(part) and not (stops and stops[-1][0].item == part):
                stops.append((Stop(part), run))
                run = []
        if target is not None and not (stops and stops[-1][0].item == target.item):
            stops.append((target, run))
        pairs = pairwise(stops)
        return Chain(line, [Step(before, after, run) for (before, _), (after, run) in pairs], lost)

    def _is_stop(self, id: str) -> bool:
        return id in self._shown or self._ends[id] > 0

    def _stop(self, end: End | None, lost: list[str]) -> Stop | None:
        if end is None:
            return None
        item, at = self._model.aliases.get(end.item, (end.item, None))
        found = self._model.items.get(item)
        while found is not None and found.id not in self._shown and found.parent is not None:
            found = found.parent
        if found is None:
            lost.append(end.item)
            return None
        if at is None and found.id == end.item and 0 < end.node < len(found.nodes):
            at = found.nodes[end.node]
        return Stop(found.id, at)


def flows(chains: list[Chain]) -> dict[str, Point]:
    """For what sits in a line: from the last corner before it to the first one behind it."""
    found: dict[str, Point] = {}
    for chain in chains:
        for before, after in pairwise(chain.steps):
            if before.run and after.run:
                (x, y), (to_x, to_y) = before.run[-1], after.run[0]
                found[before.target.item] = to_x - x, to_y - y
    return found
