"""What the historian answers. Times are epoch ms in UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

LineMethod = Literal["minmax", "minmaxlttb", "mean", "last", "changes", "inc"]
BAND: Literal["band"] = "band"
Times = Annotated[list[int], Meta(description="Epoch ms, ascending")]
Gap = tuple[int, int]


class Stats(Struct, frozen=True):
    """Figures of all usable samples in the range, not only of those shown. Text has a count only."""

    count: int
    min: float | None
    max: float | None
    mean: float | None
    increase: Annotated[
        float | UnsetType, Meta(description="Counters: how much it grew in the range, resets accounted for")
    ] = UNSET


class Picture(Struct, frozen=True, kw_only=True):
    """What every answer of samples says about itself."""

    sensor: str
    start: int
    end: int
    gaps: Annotated[
        list[Gap],
        Meta(description="Spans without a usable sample for more than three intervals; never draw across them"),
    ]
    rung: Annotated[str, Meta(description="Where it was read from: raw, or the ladder's rung")]
    complete: Annotated[bool, Meta(description="False while late data is still being worked in")]
    resolution_ms: Annotated[int, Meta(description="Width of a bucket; 0: each sample is there itself")]
    samples: Annotated[int, Meta(description="Usable samples in the range that the picture was made of")]
    bad: Annotated[int, Meta(description="Samples in the range of bad quality; they are left out of the picture")]
    stats: Stats


class Line(Picture, frozen=True, kw_only=True):
    """Points of one sensor. Neither `t` nor `v` ever holds a null."""

    method: LineMethod
    t: Times
    v: list[float | str]


class BandPicture(Picture, frozen=True, kw_only=True):
    """Smallest, largest and mean of each bucket that holds samples; `t` is where the bucket starts."""

    method: Literal["band"]
    t: Times
    min: list[float]
    max: list[float]
    mean: list[float]


class RawPage(Struct, frozen=True, kw_only=True):
    """Every stored sample of a range, page by page, bad ones too."""

    sensor: str
    start: int
    end: int
    t: Times
    v: list[float | str]
    q: Annotated[list[int], Meta(description="Quality: 0 good, 1 uncertain, 2 bad")]
    gaps: list[Gap]
    rung: Literal["raw"] = "raw"
    method: Literal["raw"] = "raw"
    complete: Literal[True] = True
    resolution_ms: Literal[0] = 0
    next: Annotated[str | None, Meta(description="Address of the next page; null on the last")] = None


class AsOf(Struct, frozen=True):
    """A sensor's last sample at or before a moment."""

    sensor: str
    t: Annotated[int | None, Meta(description="When the value was measured")] = None
    v: float | str | None = None
    q: Annotated[int, Meta(description="Quality: 0 good, 1 uncertain, 2 bad")] = 0
    age: Annotated[int | None, Meta(description="Ms from `t` to the moment asked for")] = None
    stale: Annotated[bool, Meta(description="Older than three of the sensor's intervals")] = False
    reason: Annotated[str | None, Meta(description="Why there is no value, or why it is doubtful")] = None


class ValuesAnswer(Struct, frozen=True):
    at: int
    live: Annotated[bool, Meta(description="True for the present: no `at`, or one that is not past")]
    values: list[AsOf]
    catalog: Annotated[
        str, Meta(description="Another one once the catalog changed: a unit, say, in which values are now told")
    ]


class PicturesAnswer(Struct, frozen=True):
    """One picture for each sensor asked for, in that order."""

    results: list[Line | BandPicture]
    next: None = None
