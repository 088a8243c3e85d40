"""Query plans: how a sensor's range is read, in pieces from different sources. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from historian.rungs.rungs import Rung
from kernel.times import TimeRange


@dataclass(frozen=True, slots=True)
class Source:
    """What a piece of a range is read from: rows of a rung, or samples in one of the places that have them."""

    name: str
    rung: Rung | None = None


RAW = Source("raw")  # samples in the tenant's InfluxDB


@lru_cache(maxsize=100)
def rows_of(rung: Rung) -> Source:
    """The rows of a rung as a source."""
    return Source(rung.name, rung)


@dataclass(frozen=True, slots=True)
class Tier:
    """A source for the samples before `until` (ms)."""

    source: Source
    until: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a range and its source."""

    source: Source
    span: TimeRange

    @property
    def rung(self) -> Rung | None:
        return self.source.rung


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sensor's range is read: pieces, ascending. `source` is their coarsest rung, or samples.

    `complete` is False if marked buckets are read from rungs that lag behind, because raw would be too expensive.
    """

    source: Source
    pieces: tuple[Piece, ...]
    complete: bool = True

    @property
    def rung(self) -> Rung | None:
        return self.source.rung


def pieces_of_samples(span: TimeRange, tiers: Sequence[Tier] = ()) -> Iterator[Piece]:
    """A range of samples, split where the next source starts; `tiers` ascend."""
    for tier in tiers:
        if span.start >= tier.until:
            continue
        if span.end <= tier.until:
            yield Piece(tier.source, span)
            return
        yield Piece(tier.source, TimeRange(span.start, tier.until))
        span = TimeRange(tier.until, span.end)
    yield Piece(RAW, span)
