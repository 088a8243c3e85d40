"""Reduces a sensor's range, as read, to the points shown. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from catalog.models import Sensor
from historian.read.reading import Reading
from historian.rungs.aggregates import grown_by_row, mean_of
from historian.rungs.counters import counter_rule
from historian.shape import algorithms as downsamplers
from historian.shape.buckets import Times, resolution_ms
from historian.shape.changes import States, change_points, thin
from historian.shape.gaps import gaps_of_rows, listed_gaps
from historian.shape.methods import Method
from historian.shape.series import BandView, Line, Stats
from kernel.times import TimeRange
from stores.samples import Raw


class Downsampling:
    """One sensor's range, which can be rendered by any method."""

    def __init__(self, sensor: Sensor, reading: Reading, span: TimeRange, now_ms: int) -> None:
        self.sensor, self.span, self.reading, self.now_ms = sensor, span, reading, now_ms
        self.rows, self.rung = reading.rows, reading.rung
        self.snap = self.rung.ms if self.rung else 1
        self.gaps, self.resumes = gaps_of_rows(sensor, self.rows, span, now_ms, reading.before)

    def render(self, method: Method, points: int) -> Line | BandView:
        """At most `points` points. `method` must suit the sensor (see `method_for`) and be neither auto nor raw."""
        if method == "changes":
            return self._changes(points)
        if method == "inc":
            return self._increase(points)
        if self.rung is None and len(self.rows) <= points:
            return self._band_of_samples() if method == "band" else self._line(method, *self._all("last"), 0)
        if method in ("band", "mean"):
            band = self._band(points)
            return band if method == "band" else self._line("mean", np.array(band.t), np.array(band.mean), points)
        if method == "last":
            t, v = self._all("last")
            chosen = downsamplers.last(t, self.span, points, self.snap)
            return self._line("last", t[chosen], v[chosen], points)
        if method == "minmaxlttb":
            t, v = self._all("first", "min", "max", "last")
            chosen = downsamplers.minmaxlttb(t, v, self.span, points) if len(t) > points else np.arange(len(t))
            return self._line("minmaxlttb", t[chosen], v[chosen], points)
        t, v = self._all("min", "max")
        chosen = downsamplers.minmax(t, v, self.span, points, self.snap)
        return self._line("minmax", t[chosen], v[chosen], max(points // 2, 1))

    def _all(self, *names: str) -> tuple[Times, npt.NDArray[Any]]:
        """The distinct samples in these columns of the rows (such as first, min), in chronological order."""
        if self.rung is None:
            return self.rows.tfirst, self.rows.first
        times = np.stack([getattr(self.rows, f"t{name}") for name in names], axis=1)
        values = np.stack([getattr(self.rows, name) for name in names], axis=1)
        if names == ("min", "max"):
            later = times[:, 0] > times[:, 1]
            times[later], values[later] = times[later, ::-1], values[later, ::-1]
        else:
            order = np.argsort(times, axis=1, kind="stable")
            times, values = np.take_along_axis(times, order, 1), np.take_along_axis(values, order, 1)
        new = np.ones(times.shape, bool)  # a sample may be in several columns of a row
        new[:, 1:] = (times[:, 1:] != times[:, :-1]) | (values[:, 1:] != values[:, :-1])
        return times[new], values[new]

    def _line(self, method: Method, t: Times, v: npt.NDArray[Any], buckets: int) -> Line:
        return Line(method=method, t=t.tolist(), v=v.tolist(), **self._about(buckets))  # type: ignore[arg-type]

    def _band_of_samples(self) -> BandView:
        t, values = self._all("last")
        v = values.tolist()
        return BandView(method="band", t=t.tolist(), min=v, max=v, mean=v, **self._about(0))

    def _band(self, points: int) -> BandView:
        if not len(self.rows):
            return BandView(method="band", t=[], min=[], max=[], mean=[], **self._about(points))
        band = downsamplers.band(self.rows, self.span, points, self.snap)
        figures = {"min": band.min.tolist(), "max": band.max.tolist(), "mean": band.mean.tolist()}
        return BandView(method="band", t=band.t.tolist(), **figures, **self._about(points))

    def _increase(self, points: int) -> Line:
        if not len(self.rows):
            return self._line("inc", self.rows.t, self.rows.first, points)
        rule = counter_rule(self.sensor)
        t, grown = downsamplers.increase(self.rows, self._before, self.span, points, self.snap, rule)
        return self._line("inc", t, grown, points)

    @property
    def _before(self) -> float | None:
        """A counter's last value before the range."""
        return float(self.reading.before.v[-1]) if len(self.reading.before) else None

    def _changes(self, points: int) -> Line:
        text = self.sensor.kind == "text"
        t, v = self._all("first", "last") if text else self._all("first", "min", "max", "last")
        states, held = _coded(v, self.reading.before)
        if not self._holds_at_start():
            held = None
        changes = change_points(states, held, np.searchsorted(t, self.resumes))
        room = points - 1
        chosen = thin(t, states, changes, self.span, room, ordered=not text, snap=self.snap)
        whole = len(chosen) == len(changes)
        buckets = 0 if whole else max(room // (2 if text else 4), 1)
        t, v = t[chosen], v[chosen]
        if held is not None and not (len(t) and t[0] <= self.span.start):
            t, v = np.insert(t, 0, self.span.start), np.insert(v, 0, self.reading.before.v[-1])
        return self._line("changes", t, v, buckets)

    def _holds_at_start(self) -> bool:
        """Whether the initial state still holds at the start of the range, which is not in a gap or in the future."""
        silent = len(self.gaps) and self.gaps[0][0] == self.span.start
        return not silent and self.span.start <= self.now_ms

    def _about(self, buckets: int) -> dict[str, Any]:
        resolution = resolution_ms(self.span, buckets, self.snap) if buckets else 0
        if self.rung is not None:
            resolution = max(resolution, self.rung.ms)  # between two rows' samples there may be others
        return {
            "sensor": self.sensor.id,
            "start": self.span.start,
            "end": self.span.end,
            "gaps": listed_gaps(self.gaps, resolution),
            "rung": self.rung.name if self.rung else "raw",
            "complete": self.reading.plan.complete,
            "resolution_ms": resolution,
            "samples": self.reading.samples,
            "bad": self.reading.bad,
            "stats": self._stats(),
        }

    def _stats(self) -> Stats:
        rows, count = self.rows, self.reading.samples
        if self.sensor.kind == "text" or not count:
            return Stats(count, None, None, None)
        increase: Any = UNSET
        if self.sensor.kind == "counter":
            increase = float(grown_by_row(rows, self._before, counter_rule(self.sensor)).sum())
        return Stats(count, float(rows.min.min()), float(rows.max.max()), mean_of(rows), increase)


def _coded(v: npt.NDArray[Any], before: Raw) -> tuple[States, float | int | None]:
    """Values that numpy compares fast, and the initial value: numbers themselves, texts as numbers."""
    if v.dtype != object:
        return v, float(before.v[-1]) if len(before) else None
    codes: dict[str, int] = {}
    texts = [*before.v[-1:].tolist(), *v.tolist()]
    coded = np.array([codes.setdefault(text, len(codes)) for text in texts], np.int64)
    return (coded[1:], int(coded[0])) if len(before) else (coded, None)
