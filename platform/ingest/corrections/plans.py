"""What a correction changes, window by window in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from catalog.units import Conversion
from ingest.changes.changes import Changes
from ingest.changes.samples import Samples, Times, joined
from ingest.changes.stored import read_pages
from stores.timeseries import Timeseries


@dataclass(frozen=True, slots=True)
class Series:
    site: str
    sensor: str


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, in ns."""

    start: int
    end: int


def plan_delete(store: Timeseries, series: Series, span: Span) -> Iterator[list[Changes]]:
    for found in read_pages(store, series.site, series.sensor, span.start, span.end):
        if len(found.samples):
            yield [Changes(series.site, series.sensor, found.samples, Samples.absent(found.samples.t))]


def plan_convert(store: Timeseries, series: Series, span: Span, to_stored: Conversion) -> Iterator[list[Changes]]:
    """The values of the span, recorded in another unit, as they would have been stored."""
    for found in read_pages(store, series.site, series.sensor, span.start, span.end):
        if len(found.samples):
            new = replace(found.samples, value=to_stored.to(found.samples.value))
            yield [Changes(series.site, series.sensor, found.samples, new)]


def plan_shift(store: Timeseries, series: Series, span: Span, by: int) -> Iterator[list[Changes]]:
    """Moves the samples of the span by `by` ns. A sample at a time to which another is moved is replaced."""
    whole = Span(min(span.start, span.start + by), max(span.end, span.end + by))
    for window in _windows(store, [(series, 0), (series, by)], whole):
        here, coming = window
        coming = coming.take((coming.t - by >= span.start) & (coming.t - by < span.end))
        going = here.take((here.t >= span.start) & (here.t < span.end))
        t = np.union1d(going.t, coming.t)
        if len(t):
            yield [Changes(series.site, series.sensor, here.at(t), coming.at(t))]


def plan_swap(store: Timeseries, a: Series, b: Series, span: Span) -> Iterator[list[Changes]]:
    """Exchanges the samples of two series within the span."""
    for of_a, of_b in _windows(store, [(a, 0), (b, 0)], span):
        t: Times = np.union1d(of_a.t, of_b.t)
        if len(t):
            old_a, old_b = of_a.at(t), of_b.at(t)
            yield [Changes(a.site, a.sensor, old_a, old_b), Changes(b.site, b.sensor, old_b, old_a)]


def _windows(store: Timeseries, wanted: Sequence[tuple[Series, int]], span: Span) -> Iterator[tuple[Samples, Samples]]:
    """Consecutive windows with all samples of the series in them, each moved by its `by` ns."""
    readers = [_Lookahead(store, series, by, span) for series, by in wanted]
    start = span.start
    while start < span.end:
        end = min(reader.known_until(start) for reader in readers)
        first, second = (reader.take(end) for reader in readers)
        yield first, second
        start = end


class _Lookahead:
    """One series, read page by page and returned window by window."""

    def __init__(self, store: Timeseries, series: Series, by: int, span: Span) -> None:
        self._pages = read_pages(store, series.site, series.sensor, span.start - by, span.end - by)
        self._by, self._end = by, span.start
        self._held = Samples.absent(np.empty(0, np.int64))

    def known_until(self, start: int) -> int:
        """All samples up to here have been read; always past `start`."""
        while self._end <= start and (page := next(self._pages, None)) is not None:
            self._held = joined([self._held, page.samples.with_times(page.samples.t + self._by)])
            self._end = page.end + self._by
        return self._end

    def take(self, end: int) -> Samples:
        place = int(np.searchsorted(self._held.t, end))
        taken, self._held = self._held.take(slice(None, place)), self._held.take(slice(place, None))
        return taken
