"""The statistics and points of an answer for one sensor. Times are epoch ms in UTC."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from historian.shape.methods import Method
from kernel.times import TimeRange

LineMethod = Literal["minmax", "minmaxlttb", "mean", "last", "changes", "inc"]
BAND: Literal["band"] = "band"
Times = Annotated[list[int], Meta(description="Epoch ms, ascending")]
Gap = tuple[int, int]


class Stats(Struct, frozen=True):
    """Statistics of all usable samples in the range, not only of those shown. Texts have a count only."""

    count: int
    min: float | None
    max: float | None
    mean: float | None
    increase: Annotated[
        float | UnsetType, Meta(description="Counters: how much it grew in the range, resets accounted for")
    ] = UNSET


class SeriesView(Struct, frozen=True, kw_only=True):
    """What every answer has about the range of one sensor."""

    sensor: str
    start: int
    end: int
    gaps: Annotated[
        list[Gap],
        Meta(description="Spans without a usable sample for more than three intervals; never draw across them"),
    ]
    rung: Annotated[str, Meta(description="Where it was read from: raw, or the ladder's rung")]
    complete: Annotated[bool, Meta(description="False while late samples are still being processed")]
    resolution_ms: Annotated[int, Meta(description="Width of a bucket; 0: each sample is there itself")]
    samples: Annotated[int, Meta(description="Usable samples in the range")]
    bad: Annotated[int, Meta(description="Samples of bad quality in the range; nothing else includes them")]
    stats: Stats
    reason: Annotated[
        str | UnsetType, Meta(description="Why it is empty: of a calculated series that cannot be computed")
    ] = UNSET


class Line(SeriesView, frozen=True, kw_only=True):
    """Points of one sensor. Neither `t` nor `v` contains null."""

    method: LineMethod
    t: Times
    v: list[float | str]


class BandView(SeriesView, frozen=True, kw_only=True):
    """Minimum, maximum and mean of each bucket that has samples; `t`: the bucket's start."""

    method: Literal["band"]
    t: Times
    min: list[float]
    max: list[float]
    mean: list[float]


def nothing(id: str, span: TimeRange, method: Method, now_ms: int, reason: str) -> Line | BandView:
    """Of a series that cannot be read."""
    end = max(min(span.end, now_ms), span.start)
    about: dict[str, Any] = {
        "sensor": id, "start": span.start, "end": span.end, "gaps": [(span.start, end)] if end > span.start else [],
        "rung": "raw", "complete": True, "resolution_ms": 0, "samples": 0, "bad": 0,
        "stats": Stats(0, None, None, None), "reason": reason,
    }  # fmt: skip
    if method == "band":
        return BandView(method="band", t=[], min=[], max=[], mean=[], **about)
    chosen: LineMethod = "minmax" if method == "auto" or method == "raw" else method
    return Line(method=chosen, t=[], v=[], **about)
