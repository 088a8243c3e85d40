"""How many samples a statement reads."""

from __future__ import annotations

import pytest

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.read.sources import sources_of
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.frames import Group, Member
from ingest.sources.influxdb.query.historian_reader import HistorianReader
from ingest.sources.influxdb.query.ladder import RowReader
from ingest.sources.influxdb.query.origins import schema_of
from ingest.sources.influxdb.query.samples import SampleBudget, SampleReader
from ingest.sources.influxdb.query.show import views_of
from ingest.sources.influxdb.query.syntax import Measurement
from kernel.times import DAY, HOUR, MINUTE, NS_PER_MS
from tests.ingest.influxql.world import Beside

pytestmark = pytest.mark.django_db


def sensors_of(beside: Beside, *tags: str) -> list[Sensor]:
    return [each for each in snapshot_of(beside.tenant).sensors.values() if each.tag in tags]


def counted(beside: Beside, width_ms: int, grain_ms: int, budget: SampleBudget) -> list[int]:
    """The samples of two sensors that report each minute."""
    sensors = sensors_of(beside, "T-1", "T-2")
    bounds = Bounds(beside.now - width_ms * NS_PER_MS, beside.now)
    reader = RowReader(beside.tenant, sources_of(beside.tenant), budget)
    rows = reader.read({sensor.id: () for sensor in sensors}, sensors, bounds, grain_ms)
    return [int(rows[sensor.id].n.sum()) for sensor in sensors]


@pytest.mark.parametrize("width_ms", [2 * HOUR, 20 * DAY])
def test_samples_count_where_no_rung_divides_the_interval(beside: Beside, width_ms: int) -> None:
    budget = SampleBudget()
    counts = counted(beside, width_ms, 90_000, budget)
    assert min(counts) > 0
    assert SampleBudget().left - budget.left == sum(counts)
    with pytest.raises(StatementError, match="reads more than"):
        counted(beside, width_ms, 90_000, SampleBudget(sum(counts) - 1))


def test_samples_at_the_edges_of_rows_do_not_count(beside: Beside) -> None:
    assert sum(counted(beside, 20 * DAY, 10 * MINUTE, SampleBudget(0))) > 20_000


def test_the_time_of_a_maximum_is_found_without_reading_days_of_samples(beside: Beside) -> None:
    schema = schema_of(snapshot_of(beside.tenant))
    [view] = views_of(Measurement("site"), schema)
    sources = sources_of(beside.tenant)
    members = [each for each in view.series if each.tags["sensor"] in ("T-1", "T-2")]
    groups = [Group(each.tags, [Member(each, None)]) for each in members]
    samples = SampleReader(sources)
    read = 0
    for days in range(1, 25, 3):
        bounds = Bounds(beside.now - (days + 6) * DAY * NS_PER_MS, beside.now - days * DAY * NS_PER_MS)
        budget = SampleBudget()
        found = HistorianReader(beside.tenant, sources, budget).selected(groups, ("max", "value"), bounds)
        read += SampleBudget().left - budget.left
        raw = samples.read([each.fields["value"] for each in members], bounds)
        every = [raw[each.fields["value"].id] for each in members]
        assert found is not None
        assert [each.v.tolist() for each in found] == [[each.v.max()] for each in every]
        assert [each.t.tolist() for each in found] == [[each.t[each.v.argmax()]] for each in every]
    assert read <= 8 * len(members) * 65  # an hour of each, at most, of six days
