"""Statistics of any range: from the coarsest rungs that cover it, and from raw at its edges."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import Sensor
from historian.read.initial_value import holds_value
from historian.read.ladders import ladders_of
from historian.read.plan import RAW
from historian.read.planner import plan_raw, plan_rungs
from historian.read.reading import SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import sources_of
from historian.rungs.sensors import hold_limit_of, interval_ms_of
from historian.statistics.figures import Statistics, figures_of
from historian.statistics.percentiles import percentiles_of
from historian.statistics.states import time_in_states
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import note_read


def statistics(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, percentiles: Sequence[float] = (), *, now_ms: int
) -> Statistics:
    """Raises BadRequest for percentiles of texts, or of more samples than can be sorted."""
    if not percentiles:  # these take long, and yield to short reads themselves
        note_read(tenant)
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    sources = sources_of(tenant)
    plan = plan_raw(span, sources.tiers)
    if ladder is not None:
        plan = plan_rungs(span, 1, ladder, interval_ms_of(sensor), sources.tiers)
    query = SensorQuery(sensor, plan, COLUMNS[sensor.kind], holds_value(sensor), ladder)
    [reading] = read(sources, [query], span)
    figures = figures_of(sensor, reading) if len(reading.rows) else {}
    if sensor.kind in ("discrete", "text"):
        held = figures["states"] = time_in_states(reading, span, min(span.end, now_ms), hold_limit_of(sensor))
        figures["unknown"] = None if held is None else span.width - sum(held.values())
    if percentiles:
        figures["percentiles"] = percentiles_of(tenant, reading, query, span, percentiles)
    return Statistics(
        sensor=sensor.id,
        start=span.start,
        end=span.end,
        rung=plan.rung.name if plan.rung else RAW.name,
        complete=plan.complete,
        count=reading.samples,
        bad=reading.bad,
        **figures,  # type: ignore[arg-type]
    )
