"""How a range of one sensor is read: in pieces, each from a source. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from historian.rungs.rungs import Rung
from kernel.times import TimeRange


@dataclass(frozen=True, slots=True)
class Source:
    """What a piece of a range is read from: the rows of a rung, or samples in one of the places that hold them."""

    name: str
    rung: Rung | None = None


RAW = Source("raw")  # samples where they are written to


@lru_cache(maxsize=100)
def rows_of(rung: Rung) -> Source:
    """The rows of a rung as a source."""
    return Source(rung.name, rung)


@dataclass(frozen=True, slots=True)
class Tier:
    """Samples before `until` (ms) are in another source."""

    source: Source
    until: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a range, and what it is read from."""

    source: Source
    span: TimeRange

    @property
    def rung(self) -> Rung | None:
        return self.source.rung


@dataclass(frozen=True, slots=True)
class Plan:
    """How a range of one sensor is read: in pieces, ascending. `source` is the coarsest rung of them, or samples.

    `complete` is False where marked buckets are read from rungs that are still behind, because raw would be too much.
    """

    source: Source
    pieces: tuple[Piece, ...]
    complete: bool = True

    @property
    def rung(self) -> Rung | None:
        return self.source.rung


def pieces_of_samples(span: TimeRange, tiers: Sequence[Tier] = ()) -> Iterator[Piece]:
    """A range of samples, cut where the next source begins; `tiers` ascend."""
    for tier in tiers:
        if span.start >= tier.until:
            continue
        if span.end <= tier.until:
            yield Piece(tier.source, span)
            return
        yield Piece(tier.source, TimeRange(span.start, tier.until))
        span = TimeRange(tier.until, span.end)
    yield Piece(RAW, span)
