"""What feeds what, for questions about many assets at once. Pure.

Sets of assets are bits of an int: an asset's bit is its place. What feeds what holds from one change of the plant's
connections to the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from catalog.models import Connection


class Feeding:
    """The plant's connections at any moment."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        self._connections = [each for each in connections if each.source != each.target]
        self._changes = sorted({moment for each in self._connections for moment in _changes(each)})
        ends = (end for each in self._connections for end in (each.source, each.target))
        self._places = {asset: place for place, asset in enumerate(dict.fromkeys(ends))}
        self._fed_by: dict[int, list[int]] = {}  # by period; for each place the assets that feed it directly

    def place(self, asset: str) -> int | None:
        """None: it is connected to nothing."""
        return self._places.get(asset)

    def nearest_upstream(self, place: int, among: int, at: int) -> int:
        """Of these assets the ones that feed it at the moment by the fewest connections; itself is not among them."""
        fed_by = self._at(at)
        seen = frontier = 1 << place
        while frontier:
            following = 0
            for each in places(frontier):
                following |= fed_by[each]
            frontier = following & ~seen
            if found := frontier & among:
                return found
            seen |= frontier
        return 0

    def _at(self, moment: int) -> list[int]:
        period = bisect_right(self._changes, moment)
        if (fed_by := self._fed_by.get(period)) is None:
            fed_by = self._fed_by[period] = [0] * len(self._places)
            for each in self._connections:
                if each.is_valid(moment):
                    fed_by[self._places[each.target]] |= 1 << self._places[each.source]
        return fed_by


def places(bits: int) -> Iterator[int]:
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
