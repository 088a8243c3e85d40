"""What in a drawing makes its model doubtful: open ends, directions, media that meet, machines without an asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from twin.derivation.network import SIGNAL, joins
from twin.models import Drawing, Pipe, Placement
from twin.symbols import Symbol, library

MAX_WARNINGS, MAX_PIPES = 500, 100
GENERAL = "water"  # make-up water may join any other
WarningKind = Literal["open-end", "direction", "medium", "no-asset"]


class ModelWarning(msgspec.Struct, frozen=True):
    """What to look at, and where: ids of placements and pipes."""

    kind: Annotated[
        WarningKind,
        Meta(
            description="A pipe leads nowhere or comes from nowhere; all pipes at a joint point the same way; media "
            "that do not mix meet; a machine has no asset, so the model looks through it"
        ),
    ]
    message: str
    placements: list[str]
    pipes: list[str]


class _Ends(NamedTuple):
    """The pipes at a placement, without signal lines."""

    arriving: list[Pipe]
    leaving: list[Pipe]

    @property
    def all(self) -> list[Pipe]:
        return [*self.arriving, *self.leaving]


def warnings_of(drawing: Drawing, asset_of: Mapping[str, str], symbols: Mapping[str, Symbol]) -> list[ModelWarning]:
    """In the order of the placements; at most MAX_WARNINGS."""
    found: list[ModelWarning] = []
    ends = _ends_at(drawing)
    for placement in drawing.placements:
        symbol = symbols.get(placement.symbol)
        if placement.id not in asset_of and symbol is not None and ends[placement.id].all:
            found += _At(placement, symbol, ends[placement.id]).warnings()
    return found[:MAX_WARNINGS]


def _ends_at(drawing: Drawing) -> Mapping[str, _Ends]:
    ends: dict[str, _Ends] = defaultdict(lambda: _Ends([], []))
    for pipe in drawing.pipes:
        if library().media[pipe.medium].kind != SIGNAL:
            ends[pipe.target.placement].arriving.append(pipe)
            ends[pipe.source.placement].leaving.append(pipe)
    return ends


class _At:
    """The warnings about one placement without an asset."""

    def __init__(self, placement: Placement, symbol: Symbol, ends: _Ends) -> None:
        self._placement, self._symbol, self._ends = placement, symbol, ends
        self._name = f"{symbol.title.lower()} “{placement.label or placement.id}”"

    def warnings(self) -> Iterator[ModelWarning]:
        if joins(self._symbol):
            yield from self._media()
        if not self._symbol.passes:
            if self._symbol.passages:
                yield self._warn("no-asset", f"{self._name} has no asset, so the model looks through it.", ())
        elif joins(self._symbol):
            yield from self._joint()
        elif not self._symbol.links:  # those lead to another drawing
            yield from self._passages()

    def _joint(self) -> Iterator[ModelWarning]:
        arriving, leaving = self._ends
        if len(self._ends.all) == 1:
            yield self._warn("open-end", f"{self._name} ends one pipe: it leads nowhere.", self._ends.all)
        elif not (arriving and leaving):
            way = "into" if arriving else "out of"
            yield self._warn(
                "direction",
                f"All pipes at {self._name} lead {way} it, so the direction of flow is unknown. Reverse one of them.",
                self._ends.all,
            )

    def _passages(self) -> Iterator[ModelWarning]:
        inlets = {pipe.target.port for pipe in self._ends.arriving}
        outlets = {pipe.source.port for pipe in self._ends.leaving}
        ways = {(way.source, way.target) for way in self._symbol.passages}
        for pipe in self._ends.arriving:
            if not any((pipe.target.port, outlet) in ways for outlet in outlets):
                text = f"What arrives at port “{pipe.target.port}” of {self._name} leads nowhere."
                yield self._warn("open-end", text, [pipe])
        for pipe in self._ends.leaving:
            if not any((inlet, pipe.source.port) in ways for inlet in inlets):
                text = f"What leaves port “{pipe.source.port}” of {self._name} comes from nowhere."
                yield self._warn("open-end", text, [pipe])

    def _media(self) -> Iterator[ModelWarning]:
        media = [library().media[pipe.medium] for pipe in self._ends.all]
        flows = dict.fromkeys(medium.flows for medium in media)
        mixed = [word for word in flows if word != GENERAL]
        if len({medium.kind for medium in media}) > 1 or len(mixed) > 1:
            yield self._warn("medium", f"{' and '.join(flows)} meet at {self._name}.", self._ends.all)

    def _warn(self, kind: WarningKind, message: str, pipes: Sequence[Pipe]) -> ModelWarning:
        ids = [pipe.id for pipe in pipes[:MAX_PIPES]]
        return ModelWarning(kind, message[:1].upper() + message[1:], [self._placement.id], ids)
