"""For how long each value counts: from its sample until the next one, or until its limit. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from historian.rungs.rows import Floats, Ints, Rows
from stores.samples import Raw


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of one sensor. `rows`: not empty, ascending. `before`: its last sample before the first bound, if
    any. `limit`: how long (ms) a value is held without a further sample; None: until the next one. `end`: when the
    last value stops being held: the last bound, or now.
    """

    rows: Rows
    before: Raw
    limit: int | None
    end: int


@dataclass(frozen=True, slots=True)
class Means:
    """By period: the mean, weighted by time, NaN where nothing is known; for how many ms a value is known."""

    mean: Floats
    known: Ints


def means(readings: Readings, bounds: Ints) -> Means:
    """A value counts from its sample until the next one, or until its limit.

    That is exact between rows, and within a row whose samples are equally far apart. Within another one the mean of its
    samples stands for the time between the first and the last, so it is wrong by no more than the row's range.
    """
    rows = readings.rows
    lasting = rows.tlast - rows.tfirst
    inner = rows.last.astype(np.float64)
    several = rows.n > 1
    with np.errstate(over="ignore", invalid="ignore"):
        inner[several] = (rows.sum[several] - inner[several]) / (rows.n[several] - 1)
    inner = np.clip(inner, rows.min, rows.max)
    if readings.limit is not None:
        lasting = np.minimum(lasting, (rows.n - 1) * readings.limit)
    spans = Spans.between(readings, rows.last.astype(np.float64), readings.before.v.astype(np.float64))
    spans = spans.and_(rows.tfirst, rows.tfirst + lasting, inner)
    start, end, value = spans.cut(bounds)
    period = period_of(start, bounds)
    known = np.bincount(period, end - start, len(bounds) - 1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = np.bincount(period, value * (end - start), len(bounds) - 1) / known
        if not np.isfinite(mean[known > 0]).all():  # the sum overflowed float64, the mean cannot
            mean = np.bincount(period, value * ((end - start) / known[period]), len(bounds) - 1).astype(np.float64)
    mean = np.where((known == 0) | ~np.isfinite(mean), np.nan, mean)
    return Means(np.asarray(mean, np.float64), known.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of time with a value each, which do not overlap."""

    start: Ints
    end: Ints
    value: Floats

    @classmethod
    def between(cls, readings: Readings, last: Floats, before: Floats) -> Spans:
        """From the last sample of each row to the first of the next, and from the sample before the first row."""
        rows = readings.rows
        start, value = rows.tlast, last
        if len(readings.before):
            start = np.concatenate([readings.before.t_ms[-1:], start])
            value = np.concatenate([before[-1:], value])
        following = rows.tfirst if len(readings.before) else rows.tfirst[1:]
        end = np.append(following, max(readings.end, int(rows.tlast[-1]) if len(rows) else readings.end))
        if not len(start):
            return cls(start, start, value)
        if readings.limit is not None:
            end = np.minimum(end, start + readings.limit)
        return cls(start, np.maximum(end, start), value)

    def and_(self, start: Ints, end: Ints, value: Floats) -> Spans:
        return Spans(
            np.concatenate([self.start, start]), np.concatenate([self.end, end]), np.concatenate([self.value, value])
        )

    def cut(self, bounds: Ints) -> tuple[Ints, Ints, Floats]:
        """Within the bounds, and split at each of them."""
        start, end = np.clip(self.start, bounds[0], bounds[-1]), np.clip(self.end, bounds[0], bounds[-1])
        long = end > start
        start, end, value = start[long], end[long], self.value[long]
        if not len(start):
            return start, end, value
        first, last = period_of(start, bounds), np.searchsorted(bounds, end, "left") - 1
        pieces = last - first + 1
        origin = np.repeat(np.arange(len(start)), pieces)
        number = np.arange(len(origin)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        period = first[origin] + number
        return np.maximum(start[origin], bounds[period]), np.minimum(end[origin], bounds[period + 1]), value[origin]


def period_of(t: Ints, bounds: Ints) -> Ints:
    """The period of each time; the first and the last for those outside, as a row may reach over the edge where raw
    samples have been deleted.
    """
    return np.clip(np.searchsorted(bounds, t, "right") - 1, 0, len(bounds) - 2).astype(np.int64)
