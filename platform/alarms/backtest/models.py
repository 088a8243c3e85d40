"""What a back-test finds, as the API returns it. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from alarms.about import AlarmAsset, AlarmTarget

SHORT_MS = 120_000
MAX_LISTED_TARGETS, MAX_LISTED_OCCURRENCES = 100, 1_000


class BacktestOccurrence(Struct, frozen=True, kw_only=True):
    key: str
    raised: int
    returned: Annotated[int | None, Meta(description="Null: it was still active at the end")]
    value: float | str | None


class BacktestTarget(Struct, frozen=True, kw_only=True):
    target: AlarmTarget
    asset: AlarmAsset | None
    count: int
    shorter_than_2_min: int
    active_ms: Annotated[int, Meta(description="How long it was active in all")]


class BacktestResult(Struct, frozen=True, kw_only=True):
    """What the rule would have raised."""

    start: int
    end: int
    count: int
    shorter_than_2_min: int
    per_day: float
    active_ms: Annotated[int, Meta(description="How long all alarms together were active")]
    summary: Annotated[str, Meta(description="Such as: would have raised 14 alarms in 90 days, 11 shorter than 2 min")]
    targets: Annotated[list[BacktestTarget], Meta(description="Those with the most alarms, at most 100")]
    occurrences: Annotated[list[BacktestOccurrence], Meta(description="The newest 1,000")]
    complete: Annotated[
        bool, Meta(description="False: time or samples were too many, or late samples are still being processed")
    ]
    took_ms: float
