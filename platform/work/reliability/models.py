"""Reliability figures, as returned. Hours unless said otherwise; times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from work.fields import PlantObject

MAX_MONTHS = 120


class ConfidenceInterval(Struct, frozen=True, kw_only=True):
    """Two-sided, 90 %. `high` null: so few failures set no upper limit."""

    low: float
    high: float | None


class ReliabilityFigures(Struct, frozen=True, kw_only=True):
    """Null where there is nothing that they could be computed from."""

    failures: Annotated[int, Meta(description="Of the period: cases with `failure` that were not cancelled")]
    operating_h: Annotated[
        float,
        Meta(description="Of all assets: run-hours where they are counted, else the period without downtime"),
    ]
    basis: Annotated[
        Literal["run_hours", "calendar", "mixed"],
        Meta(description="What operating time is; mixed: run-hours of some assets or months"),
    ]
    downtime_h: Annotated[float, Meta(description="Within the period, as cases state it")]
    mtbf_h: Annotated[float | None, Meta(description="Operating time by failures (EN 15341, ISO 14224)")]
    mtbf_interval: Annotated[
        ConfidenceInterval | None, Meta(description="Chi-squared, for a constant failure rate (IEC 60605-4)")
    ]
    mttr_h: Annotated[float | None, Meta(description="Mean time to restoration, of those that are restored (EN 15341)")]
    mttr_interval: Annotated[
        ConfidenceInterval | None, Meta(description="Of three or more: modified Cox method, for log-normal times")
    ]
    availability: Annotated[float | None, Meta(description="The period without downtime by the period, 0 to 1")]
    restored: Annotated[int, Meta(description="Failures that are restored: those that MTTR is of")]


class ReliabilityMonth(ReliabilityFigures, frozen=True, kw_only=True):
    """A month of the clock of the site, or UTC for several sites. `start` to `end`, cut to the period."""

    start: int
    end: int


class FailureTrend(Struct, frozen=True, kw_only=True):
    """Laplace's test (IEC 61649, MIL-HDBK-189): `u` above 0, failures come ever faster. `verdict` at 90 %, of four
    failures or more.
    """

    u: float | None
    verdict: Literal["worse", "better", "steady", "unknown"]


class ReliabilityRow(ReliabilityFigures, frozen=True, kw_only=True):
    """One asset, with how its failures come."""

    asset: PlantObject
    type: str
    counted_by: Annotated[
        str | None, Meta(description="The tag of the sensor that counts its run-hours, or “runs”; null: the calendar")
    ]
    trend: FailureTrend


class Reliability(ReliabilityFigures, frozen=True, kw_only=True):
    """Of an asset with what it contains, of all of a type, or of everything that has cases."""

    start: int
    end: int
    assets: Annotated[int, Meta(description="How many it is of")]
    trend: FailureTrend
    months: list[ReliabilityMonth]
    rows: Annotated[list[ReliabilityRow], Meta(description="Assets with failures, the most of them first; at most 100")]
