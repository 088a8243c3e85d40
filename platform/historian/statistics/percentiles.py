"""Percentiles, which need the samples themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from historian.read.counting import ensure_readable
from historian.read.planner import format_duration
from historian.read.raw import stream_all
from historian.read.reading import Reading, SensorQuery
from historian.read.sources import sources_of
from historian.rungs.units import shown_values
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange, iso
from web.pacing import Pace

MAX_SORTED = 2_000_000  # samples to sort


def percentiles_of(
    tenant: TenantConnection, reading: Reading, query: SensorQuery, span: TimeRange, wanted: Sequence[float]
) -> dict[str, float]:
    sources = sources_of(tenant)
    sensor, samples = query.sensor, reading.samples
    if sensor.kind == "text":
        raise BadRequest(f"{sensor.tag} holds text; it has no percentiles.", slug="method-does-not-fit")
    if query.ladder and span.start < query.ladder.raw_from:
        raise BadRequest(
            f"Percentiles are computed from raw samples; those before {iso(query.ladder.raw_from)} were deleted.",
            slug="samples-gone",
            raw_from=query.ladder.raw_from,
        )
    if not query.plan.complete:  # the rungs' counts are not up to date
        ensure_readable(sources, [sensor], span)
    if samples > MAX_SORTED:
        longest = int(span.width * MAX_SORTED / samples)
        raise BadRequest(
            f"Percentiles are computed from raw samples, {MAX_SORTED:,} at most; this range has {samples:,}. "
            f"Choose one of {format_duration(longest)} or less.",
            slug="too-many-samples",
            samples=samples,
            limit=MAX_SORTED,
            longest_ms=longest,
        )
    stream = Pace(tenant).long_read(stream_all(sources, sensor, span))
    parts = [raw.usable().v.astype(np.float64) for raw in stream]
    values = shown_values(sensor, np.concatenate([np.zeros(0), *parts]))
    if not len(values):
        return {}
    found = np.percentile(values, list(wanted))
    return {f"{each:g}": float(value) for each, value in zip(wanted, found, strict=True)}
