"""The statistics and points of an answer for one sensor. Times are epoch ms in UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

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
    bad: Annotated[int, Meta(description="Samples in the range of bad quality; nothing else counts them")]
    stats: Stats


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
