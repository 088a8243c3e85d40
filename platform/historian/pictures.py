"""From a sensor's samples in a range to the picture of it. Pure."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from catalog.models import Sensor
from historian import downsamplers
from historian.answers import BandPicture, Gap, Line, Stats
from historian.buckets import Indexes, Times, resolution_ms
from historian.changes import States, change_points, thin
from historian.gaps import find_gaps, interval_of
from historian.readers import Raw, Reading, interval_ms_of
from kernel.errors import BadRequest
from kernel.times import TimeRange

Method = Literal["auto", "minmax", "minmaxlttb", "band", "mean", "last", "changes", "inc", "raw"]
OF_KIND: dict[str, Method] = {"continuous": "minmax", "discrete": "changes", "text": "changes", "counter": "inc"}
TEXT_METHODS = {"changes", "last"}


def method_for(sensor: Sensor, method: Method) -> Method:
    """What `auto` means for the sensor. Raises BadRequest for a method that its kind does not have."""
    chosen = OF_KIND[sensor.kind] if method == "auto" else method
    if sensor.kind == "text" and chosen not in TEXT_METHODS:
        raise BadRequest(
            f"{sensor.tag} holds text; method={chosen} works on numbers. Use auto, changes, last or raw.",
            slug="method-does-not-fit",
            parameter="method",
        )
    if chosen == "inc" and sensor.kind != "counter":
        raise BadRequest(
            f"{sensor.tag} is not a counter (its kind is {sensor.kind}), so method=inc does not apply to it.",
            slug="method-does-not-fit",
            parameter="method",
        )
    return chosen


class Picturing:
    """One sensor's usable samples in a range, ready to be drawn by any method."""

    def __init__(self, sensor: Sensor, reading: Reading, span: TimeRange, now_ms: int) -> None:
        self.sensor, self.span, self.reading, self.now_ms = sensor, span, reading, now_ms
        self.raw = reading.raw.usable()
        self.t: Times = self.raw.t_ms
        self.gaps, self.resumes = _gaps_of(sensor, self.t, span, now_ms)

    def draw(self, method: Method, points: int) -> Line | BandPicture:
        """At most `points` points. `method` fits the sensor (see `method_for`) and is neither auto nor raw."""
        if method == "changes":
            return self._changes(points)
        if method == "inc":
            return self._increase(points)
        if len(self.raw) <= points:
            return self._band_of_samples() if method == "band" else self._samples(method, np.arange(len(self.raw)), 0)
        if method == "band":
            return self._band(points)
        if method == "mean":
            return self._line("mean", *downsamplers.mean(self.t, self._numbers, self.span, points), points)
        buckets = points // 2 if method == "minmax" else points
        return self._samples(method, self._chosen(method, points), buckets)

    @property
    def _numbers(self) -> npt.NDArray[np.float64]:
        return self.raw.v  # type: ignore[return-value]  # only asked of sensors that hold numbers

    def _chosen(self, method: Method, points: int) -> Indexes:
        if method == "last":
            return downsamplers.last(self.t, self.span, points)
        choose = downsamplers.minmaxlttb if method == "minmaxlttb" else downsamplers.minmax
        return choose(self.t, self._numbers, self.span, points)

    def _samples(self, method: Method, chosen: Indexes, buckets: int) -> Line:
        return self._line(method, self.t[chosen], self.raw.v[chosen], buckets)

    def _line(self, method: Method, t: Times, v: npt.NDArray[Any], buckets: int) -> Line:
        return Line(method=method, t=t.tolist(), v=v.tolist(), **self._about(buckets))  # type: ignore[arg-type]

    def _band_of_samples(self) -> BandPicture:
        v = self._numbers.tolist()
        return BandPicture(method="band", t=self.t.tolist(), min=v, max=v, mean=v, **self._about(0))

    def _band(self, points: int) -> BandPicture:
        band = downsamplers.band(self.t, self._numbers, self.span, points)
        figures = {"min": band.min.tolist(), "max": band.max.tolist(), "mean": band.mean.tolist()}
        return BandPicture(method="band", t=band.t.tolist(), **figures, **self._about(points))

    def _increase(self, points: int) -> Line:
        if not len(self.raw):
            return self._line("inc", self.t, self.raw.v, points)
        before = float(self.reading.before.v[-1]) if len(self.reading.before) else None
        return self._line("inc", *downsamplers.increase(self.t, self._numbers, before, self.span, points), points)

    def _changes(self, points: int) -> Line:
        states, held = _coded(self.raw, self.reading.before)
        if not self._holds_at_start():
            held = None
        changes = change_points(states, held, self.resumes)
        room = points - 1
        chosen = thin(self.t, states, changes, self.span, room, ordered=self.sensor.kind != "text")
        buckets = 0 if len(chosen) == len(changes) else max(room // (2 if self.sensor.kind == "text" else 4), 1)
        t: Times = self.t[chosen]
        v: npt.NDArray[Any] = self.raw.v[chosen]
        if held is not None and not (len(t) and t[0] == self.span.start):
            t, v = np.insert(t, 0, self.span.start), np.insert(v, 0, self.reading.before.v[-1])
        return self._line("changes", t, v, buckets)

    def _holds_at_start(self) -> bool:
        """Whether the state from before the range still holds where it starts: no gap lies there, nor the future."""
        silent = len(self.gaps) and self.gaps[0][0] == self.span.start
        return not silent and self.span.start <= self.now_ms

    def _about(self, buckets: int) -> dict[str, Any]:
        resolution = resolution_ms(self.span, buckets) if buckets else 0
        return {
            "sensor": self.sensor.id,
            "start": self.span.start,
            "end": self.span.end,
            "gaps": listed_gaps(self.gaps, resolution),
            "rung": "raw",
            "complete": True,
            "resolution_ms": resolution,
            "samples": len(self.raw),
            "bad": len(self.reading.raw) - len(self.raw),
            "stats": self._stats(),
        }

    def _stats(self) -> Stats:
        count = len(self.raw)
        if self.sensor.kind == "text" or not count:
            return Stats(count, None, None, None)
        v = self._numbers
        increase: Any = UNSET
        if self.sensor.kind == "counter":
            before = float(self.reading.before.v[-1]) if len(self.reading.before) else None
            increase = float(downsamplers.increments(v, before).sum())
        return Stats(count, float(v.min()), float(v.max()), _mean(v), increase)


MOST_GAPS = 10_000


def listed_gaps(gaps: npt.NDArray[np.int64], resolution: int) -> list[Gap]:
    """All gaps; of very many only those as wide as a bucket, as no picture could show the others."""
    if len(gaps) > MOST_GAPS:
        gaps = gaps[gaps[:, 1] - gaps[:, 0] >= resolution]
    return [(start, end) for start, end in gaps.tolist()]


def gaps_of_page(sensor: Sensor, raw: Raw, span: TimeRange, now_ms: int) -> list[Gap]:
    """The gaps in a page of raw samples, which covers `span`."""
    return listed_gaps(_gaps_of(sensor, raw.usable().t_ms, span, now_ms)[0], 0)


def _gaps_of(sensor: Sensor, t: Times, span: TimeRange, now_ms: int) -> tuple[npt.NDArray[np.int64], Indexes]:
    interval = interval_ms_of(sensor)
    if interval is None and sensor.sampling == "periodic":
        interval = interval_of(t)
    if interval is None:
        return np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    return find_gaps(t, span, interval, now_ms)


def _coded(raw: Raw, before: Raw) -> tuple[States, float | int | None]:
    """Values that numpy compares fast, and the one carried in: numbers themselves, texts as numbers."""
    if raw.v.dtype != object:
        return raw.v, float(before.v[-1]) if len(before) else None  # type: ignore[return-value]
    codes: dict[str, int] = {}
    texts = [*before.v[-1:].tolist(), *raw.v.tolist()]
    coded = np.array([codes.setdefault(text, len(codes)) for text in texts], np.int64)
    return (coded[1:], int(coded[0])) if len(before) else (coded, None)


def _mean(v: npt.NDArray[np.float64]) -> float:
    with np.errstate(over="ignore"):
        mean = float(v.mean())
    return mean if np.isfinite(mean) else float((v / len(v)).sum())
