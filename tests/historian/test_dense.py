"""A minute with hundreds of thousands of samples: nothing loads all of it, and every answer is correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Sensor
from historian.asof.query import as_of
from historian.ladder.verify import verify
from historian.playback.from_raw import last_by_frame
from historian.playback.query import playback
from historian.queries import read_samples
from historian.read.dense import MAX_WHOLE, width_of_rows
from historian.rungs.folding import fold_rows
from historian.rungs.rungs import RUNGS
from historian.shape.buckets import cut
from historian.statistics.query import statistics
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE, TimeRange
from stores.samples import Raw
from stores.timeseries import RAW, Series, Timeseries
from tests.historian.plant import NOW, START, add_sensors, make_sensor, minutes
from tests.historian.slow_ladder import slow_rows
from tests.historian.test_ladder_rows import KINDS, differences, in_ms, raw_of, samples_of
from tests.historian.test_ladder_work import settle
from web.stores import marks, writer

pytestmark = pytest.mark.django_db  # the tenants' rows; the reads themselves need none
COUNT = 600_000
STEP_NS = 100_000  # 10 kHz in one minute
MAX_FETCHED = 60_000  # rows of one piece of an answer


class Fetches:
    """How many rows came at once, of each way to read."""

    def __init__(self) -> None:
        self.largest = 0

    def saw(self, rows: int) -> None:
        self.largest = max(self.largest, rows)


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> Fetches:
    """Watches the real reads."""
    seen = Fetches()
    read, read_csv, stream_csv = Timeseries.read, Timeseries.read_csv, Timeseries.stream_csv

    def watched_read(self: Timeseries, statements: Sequence[str]) -> list[list[Series]]:
        results = read(self, statements)
        seen.saw(sum(len(series.values) for result in results for series in result))
        return results

    def watched_csv(self: Timeseries, statement: str, columns: Mapping[str, pa.DataType]) -> pa.Table:
        table = read_csv(self, statement, columns)
        seen.saw(table.num_rows)
        return table

    def watched_stream(self: Timeseries, statement: str, columns: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        for table in stream_csv(self, statement, columns):
            seen.saw(table.num_rows)
            yield table

    monkeypatch.setattr(Timeseries, "read", watched_read)
    monkeypatch.setattr(Timeseries, "read_csv", watched_csv)
    monkeypatch.setattr(Timeseries, "stream_csv", watched_stream)
    return seen


@pytest.fixture(scope="module")
def values() -> Any:
    chance = np.random.default_rng(12)
    return np.round(np.cumsum(chance.normal(0, 0.1, COUNT)) + 20, 3)


@pytest.fixture(scope="module")
def sensor(tenant: TenantConnection, values: Any) -> Sensor:
    """Says that it reports every 10 s."""
    [sensor] = add_sensors(tenant, {"interval_s": 10.0})
    times = START * 1_000_000 + np.arange(COUNT) * STEP_NS
    for place in range(0, COUNT, 50_000):
        some = slice(place, place + 50_000)
        pairs = zip(times[some].tolist(), values[some].tolist(), strict=True)
        lines = "\n".join(f"{sensor.site},sensor={sensor.id} value={v!r},quality=0i {t}" for t, v in pairs)
        writer(tenant).write_lines(RAW, lines.encode())
    return sensor


@pytest.fixture(scope="module")
def built(tenant: TenantConnection, sensor: Sensor) -> Sensor:
    """Its ladder was built from ranges, as after an import; then a late sample's bucket once more."""
    settle(tenant, NOW, 500)
    return sensor


def mark(tenant: TenantConnection, sensor: Sensor) -> None:
    """As the writer does for a late sample."""
    marks().mark(tenant.prefix, {sensor.id: [(START, START + MINUTE)]}, NOW)


@given(st.data())
def test_rows_folded_from_parts_equal_rows_of_the_whole(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    width = data.draw(st.sampled_from([rung.ms for rung in RUNGS]))
    samples = data.draw(samples_of(kind))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(samples)), max_size=6)))
    whole = raw_of(samples, kind == "text")
    bounds = zip([0, *cuts], [*cuts, len(samples)], strict=True)
    parts = [Raw(whole.t[a:b], whole.v[a:b], whole.q[a:b]) for a, b in bounds]
    sensor = make_sensor(kind=kind)
    folded = fold_rows(parts, width, sensor)
    assert differences(folded, slow_rows(sensor, in_ms(samples), width), kind) == []


def test_of_very_many_samples_those_that_frames_show_are_kept() -> None:
    moments = np.array([0, 10, 20, 30], np.int64)
    values = [1.0, 1, 3, 1, 1, 2, 2, 2, 4, 5, 4, 5, 4, 4]
    times = np.array([1, 2, 3, 4, 5, 12, 13, 14, 21, 22, 23, 24, 25, 26], np.int64)
    raw = Raw(times * 1_000_000, np.array(values), np.zeros(len(values), np.uint8))
    halves = [Raw(raw.t[part], raw.v[part], raw.q[part]) for part in (slice(0, 7), slice(7, None))]
    assert last_by_frame([raw], moments).t_ms.tolist() == [3, 4, 5, 12, 14, 21, 22, 26]
    assert set(last_by_frame(halves, moments).t_ms.tolist()) >= {3, 4, 5, 14, 22, 26}


def test_the_ladder_of_a_dense_minute_is_built_in_pieces(
    tenant: TenantConnection, sensor: Sensor, fetches: Fetches
) -> None:
    settle(tenant, NOW, 500)
    assert 0 < fetches.largest <= MAX_FETCHED
    assert list(verify(tenant, sensor)) == []
    assert fetches.largest <= MAX_FETCHED


def test_statistics_of_a_dense_minute_are_exact(
    tenant: TenantConnection, built: Sensor, values: Any, fetches: Fetches
) -> None:
    half = TimeRange(START, START + MINUTE // 2 + 1_234)  # no whole bucket: samples alone answer
    inside = values[: (half.width * 1_000_000 - 1) // STEP_NS + 1]
    found = statistics(tenant, built, half, (50.0,), now_ms=NOW)
    assert (found.count, found.min, found.max) == (len(inside), inside.min(), inside.max())
    assert found.std == pytest.approx(inside.std()) and found.mean == pytest.approx(inside.mean())
    assert found.percentiles == {"50": pytest.approx(np.median(inside))}
    assert fetches.largest <= MAX_FETCHED < MAX_WHOLE < len(inside)


def test_a_picture_of_a_dense_minute_has_every_extreme(
    tenant: TenantConnection, built: Sensor, values: Any, fetches: Fetches
) -> None:
    span = minutes(1)
    view = read_samples(tenant, built, span, 1000, "minmax", now_ms=NOW)
    assert (view.rung, view.complete, view.samples) == ("raw", True, COUNT)
    t = START + np.arange(COUNT) * STEP_NS // 1_000_000
    buckets = cut(t, span, 500, width_of_rows(span))
    shown = list(zip(view.t, view.v, strict=True))  # type: ignore[union-attr]
    for first, stop in zip(buckets.first.tolist(), buckets.stop.tolist(), strict=True):
        inside = values[first:stop]
        drawn = {v for when, v in shown if t[first] <= when <= t[stop - 1]}
        assert {inside.min(), inside.max()} <= drawn <= set(inside.tolist())
    assert fetches.largest <= MAX_FETCHED


def test_a_marked_dense_minute_answers_from_samples_in_pieces(
    tenant: TenantConnection, built: Sensor, values: Any, fetches: Fetches
) -> None:
    mark(tenant, built)
    day = TimeRange(START - 12 * 60 * MINUTE, START + 12 * 60 * MINUTE)
    view = read_samples(tenant, built, day, 1000, "minmax", now_ms=NOW)
    assert view.complete and view.samples == COUNT
    assert (view.stats.min, view.stats.max) == (values.min(), values.max())
    played = playback(tenant, [built], day, 200, now_ms=NOW)
    assert played.complete and played.columns[built.id][-1] == values[-1]
    assert fetches.largest <= MAX_FETCHED
    settle(tenant, NOW, 500)  # the bucket by itself, beside those of other sensors
    assert list(verify(tenant, built)) == []
    assert fetches.largest <= MAX_FETCHED


def test_as_of_values_and_playback_inside_a_dense_minute(
    tenant: TenantConnection, built: Sensor, values: Any, fetches: Fetches
) -> None:
    at = START + 30_000
    [value] = as_of(tenant, [built], at, NOW)
    assert value.v == values[at * 10 - START * 10 + 9]  # the last one of that ms
    span = TimeRange(START, START + MINUTE)
    played = playback(tenant, [built], span, 61, now_ms=NOW)
    wanted = [values[min(second * 10_000 + 9, COUNT - 1)] for second in range(61)]
    assert played.columns[built.id].tolist() == wanted
    assert fetches.largest <= MAX_FETCHED
