"""What feeds what, for questions about many assets at once. Pure.

Sets of assets are bits of an int: an asset's bit is its place. One graph holds from one change of the plant's
connections to the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from catalog.models import Connection


class Feeding:
    """The plant's connections at any moment."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        self._connections = list(connections)
        moments = {moment for each in self._connections for moment in _changes(each)}
        self._changes = sorted(moments)
        self._graphs: dict[int, Graph] = {}

    def at(self, moment: int) -> Graph:
        period = bisect_right(self._changes, moment)
        if (graph := self._graphs.get(period)) is None:
            pairs = ((each.source, each.target) for each in self._connections if each.is_valid(moment))
            graph = self._graphs[period] = Graph(pairs)
        return graph


class Graph:
    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._places: dict[str, int] = {}
        self._fed_by: list[int] = []  # by place: the assets that feed it directly
        for source, target in pairs:
            if source != target:
                self._fed_by[self._place(target)] |= 1 << self._place(source)

    def bits(self, assets: Iterable[str]) -> int:
        """Those of the assets that are connected to anything."""
        found = 0
        for asset in assets:
            if (place := self._places.get(asset)) is not None:
                found |= 1 << place
        return found

    def nearest_upstream(self, asset: str, among: int) -> int:
        """Of these assets the ones that feed it by the fewest connections; itself is not among them."""
        place = self._places.get(asset)
        if place is None or not among:
            return 0
        seen = frontier = 1 << place
        while frontier:
            following = 0
            for each in _places(frontier):
                following |= self._fed_by[each]
            frontier = following & ~seen
            if found := frontier & among:
                return found
            seen |= frontier
        return 0

    def is_in(self, asset: str, bits: int) -> bool:
        place = self._places.get(asset)
        return place is not None and bool(bits >> place & 1)

    def _place(self, asset: str) -> int:
        if (place := self._places.get(asset)) is None:
            place = self._places[asset] = len(self._fed_by)
            self._fed_by.append(0)
        return place


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _changes(connection: Connection) -> Iterator[int]:
    bounds = [(connection.valid_from, connection.valid_to)]
    bounds += [(period.valid_from, period.valid_to) for period in connection.drawn]
    for start, end in bounds:
        if start is not None:
            yield start
        if end is not None:
            yield end
