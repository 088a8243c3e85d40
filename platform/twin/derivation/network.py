"""A drawing as a directed network: assets, and the places between them that what flows passes through.

A placement that represents an asset ends every path. The others are passed through: symbols with passages (valves,
filters, machines without an asset) as the passages say, whatever state blocks them at the moment, and from pipe to pipe
at one port; symbols without (junctions, headers, instruments) join whatever ends at them, per kind of medium, as water
does not mix with air. Signal lines may begin at any of these: that is how an instrument taps a pipe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from twin.models import Drawing, Pipe, PipeEnd, Placement
from twin.symbols import Symbol, library

SIGNAL = "signal"
IN, OUT, TAP, BOTH = "in", "out", "tap", "both"
# A placement, its port or the kind of medium, and which side of the port. What flows out of a port and the signal lines
# that begin there are two places, as a line that measures what flows through a symbol does not let it out.
Place = tuple[str, str, str]
Drain = tuple[str, str]  # an asset, and the medium that arrives there


@dataclass(slots=True)
class Network:
    """`onward`: where each place leads; `fed_by`: the assets whose pipes end there; `feeds`: what its pipes lead to.

    `direct`: pipes from one asset to another.
    """

    onward: dict[Place, set[Place]] = field(default_factory=dict)
    fed_by: dict[Place, set[str]] = field(default_factory=dict)
    feeds: dict[Place, set[Drain]] = field(default_factory=dict)
    direct: set[tuple[str, str, str]] = field(default_factory=set)

    def add_edge(self, from_: Place, to: Place) -> None:
        self.onward.setdefault(from_, set()).add(to)
        self.onward.setdefault(to, set())

    def add_drain(self, from_: Place, asset: str, medium: str) -> None:
        self.onward.setdefault(from_, set())
        self.feeds.setdefault(from_, set()).add((asset, medium))

    def add_source(self, place: Place, asset: str) -> None:
        self.onward.setdefault(place, set())
        self.fed_by.setdefault(place, set()).add(asset)


class _Reader:
    """Reads pipes and placements into a network."""

    def __init__(self, drawing: Drawing, asset_of: Mapping[str, str], symbols: Mapping[str, Symbol]) -> None:
        self.network = Network()
        self._placements = {placement.id: placement for placement in drawing.placements}
        self._asset_of, self._symbols = asset_of, symbols
        self._passages: dict[str, set[tuple[str, str]]] = {}

    def add_pipe(self, pipe: Pipe) -> None:
        if pipe.source.placement not in self._placements or pipe.target.placement not in self._placements:
            return
        medium = library().media[pipe.medium]
        source, target = self._asset_of.get(pipe.source.placement), self._asset_of.get(pipe.target.placement)
        if source is not None and target is not None:
            self.network.direct.add((source, target, medium.flows))
            return
        begins = self._place(pipe.source, medium.kind, OUT) if source is None else None
        ends = self._place(pipe.target, medium.kind, IN) if target is None else None
        if begins is not None and medium.kind == SIGNAL:
            for tapped in self._tapped(pipe.source):
                self.network.add_edge(tapped, begins)
        if begins is not None and ends is not None:
            self.network.add_edge(begins, ends)
        elif begins is not None and target is not None:
            self.network.add_drain(begins, target, medium.flows)
        elif ends is not None and source is not None:
            self.network.add_source(ends, source)

    def add_passages(self, placement: Placement) -> None:
        """After all pipes: between the ports at which they end, of which a symbol may have many more."""
        symbol = self._symbols.get(placement.symbol)
        if placement.id in self._asset_of or symbol is None or joins(symbol):
            return
        passages = self._passages_of(placement.symbol)
        onward = self.network.onward
        leaving = [(port, side) for port in symbol.ports for side in (OUT, TAP) if (placement.id, port, side) in onward]
        for into in [port for port in symbol.ports if (placement.id, port, IN) in onward]:
            for out, side in leaving:
                if into == out or (into, out) in passages:
                    self.network.add_edge((placement.id, into, IN), (placement.id, out, side))

    def _passages_of(self, symbol: str) -> set[tuple[str, str]]:
        if symbol not in self._passages:
            self._passages[symbol] = {(each.source, each.target) for each in self._symbols[symbol].passages}
        return self._passages[symbol]

    def _place(self, end: PipeEnd, kind: str, side: str) -> Place:
        """Where a pipe of that kind of medium begins or ends at a placement without an asset."""
        if self._joins(end):
            return end.placement, kind, BOTH
        return end.placement, end.port, TAP if (kind, side) == (SIGNAL, OUT) else side

    def _tapped(self, end: PipeEnd) -> Iterable[Place]:
        """What a signal line that begins at a placement without an asset measures."""
        symbol = self._symbols.get(self._placements[end.placement].symbol)
        if symbol is not None and not joins(symbol):
            return [(end.placement, name, IN) for name, port in symbol.ports.items() if port.kind != SIGNAL]
        kinds = {medium.kind for medium in library().media.values()} - {SIGNAL}
        return [(end.placement, kind, BOTH) for kind in sorted(kinds)]

    def _joins(self, end: PipeEnd) -> bool:
        return joins(self._symbols.get(self._placements[end.placement].symbol))


def network_of(drawing: Drawing, asset_of: Mapping[str, str], symbols: Mapping[str, Symbol]) -> Network:
    """`asset_of`: the asset of each placement that represents one. Pipes at missing placements are ignored."""
    reader = _Reader(drawing, asset_of, symbols)
    for pipe in drawing.pipes:
        reader.add_pipe(pipe)
    for placement in drawing.placements:
        reader.add_passages(placement)
    return reader.network


def joins(symbol: Symbol | None) -> bool:
    """Whether whatever ends at it is joined."""
    return symbol is None or not symbol.passages
