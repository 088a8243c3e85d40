"""Response bodies of the historian. Times are epoch ms in UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from historian.asof.values import AsOf
from historian.shape.series import BandView, Gap, Line, Times


class RawPage(Struct, frozen=True, kw_only=True):
    """A page of the stored samples of a range, including bad ones."""

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


class ValuesResponse(Struct, frozen=True):
    at: int
    live: Annotated[bool, Meta(description="True for the present: no `at`, or one that is not past")]
    values: list[AsOf]
    catalog: Annotated[
        str, Meta(description="Another one once the catalog changed: a unit, say, in which values are now returned")
    ]


class SeriesResponse(Struct, frozen=True):
    """One series per sensor, in the order requested."""

    results: list[Line | BandView]
    next: None = None
