"""Series as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Daily = Annotated[list[int | None], Meta(description="One number for each day, oldest first, the last one today's")]


class SiteSeries(Struct, frozen=True):
    """Series of one site. `grown` is within the last seven days."""

    site: Annotated[str, Meta(description="Its id")]
    slug: str
    known: int
    grown: int
    days: Annotated[Daily, Meta(description="How many there were at the end of the day; null: not recorded")]


class Creator(Struct, frozen=True):
    """New series that arrivals created, by a source or a rule. `grown` is within the last seven days."""

    name: str
    grown: int
    days: Annotated[list[int], Meta(description="How many it created on each day, oldest first, the last one today's")]


class SeriesGrowth(Struct, frozen=True):
    """How many series a tenant has and had: one for each sensor. `start` is the beginning of the first day (UTC)."""

    at: int
    start: int
    known: int
    limit: int
    days: Daily
    per_day: Annotated[float | None, Meta(description="Trend of the last 30 days; null: fewer than three are known")]
    limit_at: Annotated[
        int | None, Meta(description="When the limit is reached at this rate, epoch ms; null: not within ten years")
    ]
    warning: Annotated[str, Meta(description="Why action is needed now; empty if none is")]
    sites: Annotated[list[SiteSeries], Meta(description="Those that grew most come first; at most 20")]
    sources: Annotated[list[Creator], Meta(description="Those that created most come first; at most 20")]
    rules: Annotated[
        list[Creator],
        Meta(description="Rules of the mapping, by their templates; those that created most first, at most 20"),
    ]
