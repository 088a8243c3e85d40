"""Calculated series: exact ones compared with a slow walk through the samples, others with means of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analysis.calculated import series as reading
from analysis.calculated.definition import Definition, define
from analysis.calculated.series import read_series
from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.shape.methods import Method
from historian.shape.series import BandView, Line
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange
from tests.historian.plant import NOW, Row, add_sensors, write
from tests.historian.test_ladder_late import settle

pytestmark = pytest.mark.django_db
START = 1_700_006_400_000  # a whole hour
Function = Callable[..., float]


def defined(tenant: TenantConnection, sensor: Sensor, expression: str, unit: str | None = None) -> Definition:
    return define(snapshot_of(tenant), sensor.site, expression, unit)


def ask(
    tenant: TenantConnection, definition: Definition, span: TimeRange, points: int = 10_000, method: Method = "auto"
) -> Line | BandView:
    [first, *_] = definition.sensors.values()
    named = Sensor(id="f", site=first.site, tag="Spread", name="", unit=definition.unit, sampling="on_change")
    return read_series(tenant, named, definition, span, points, method, now_ms=NOW)


def line(tenant: TenantConnection, definition: Definition, span: TimeRange, points: int = 10_000) -> Line:
    found = ask(tenant, definition, span, points)
    assert isinstance(found, Line)
    return found


def slow(rows: Sequence[Sequence[Row]], limits: Sequence[int | None], span: TimeRange, f: Function) -> dict[int, float]:
    """The function at the range's start, and at each moment at which a sample arrives or stops counting."""
    usable = [[row for row in each if len(row) < 3 or row[2] < 2] for each in rows]
    moments = {span.start}
    for each, limit in zip(usable, limits, strict=True):
        moments |= {row[0] for row in each}
        following = [row[0] for row in each[1:]] + [NOW]
        if limit is not None:
            moments |= {row[0] + limit for row, t in zip(each, following, strict=True) if t > row[0] + limit}

    def at(moment: int, each: Sequence[Row], limit: int | None) -> float:
        before = [row for row in each if row[0] <= moment]
        known = before and (limit is None or moment < before[-1][0] + limit)
        return float(before[-1][1]) if known else math.nan

    return {
        moment: f(*(at(moment, each, limit) for each, limit in zip(usable, limits, strict=True)))
        for moment in sorted(moments)
        if span.start <= moment < span.end
    }


def waves(interval: int, count: int, seed: int, start: int = START) -> list[Row]:
    chance = np.random.default_rng(seed)
    noise = chance.normal(0, 1, count).tolist()
    return [(start + k * interval, round(20 + 5 * math.sin(k / 50) + noise[k], 2)) for k in range(count)]


@pytest.mark.parametrize("settled", [False, True])
def test_few_samples_are_computed_exactly(acme: TenantConnection, settled: bool) -> None:
    """Two intervals, a gap in each, one bad sample, and a value on change from long before."""
    sensors = add_sensors(
        acme, {"unit": "°C"}, {"unit": "°C", "interval_s": 10.0},
        {"kind": "discrete", "sampling": "on_change", "interval_s": None},
    )  # fmt: skip
    one = [row for row in waves(MINUTE, 300, 1, START + 7 * SECOND) if not 100 < (row[0] - START) / MINUTE < 130]
    other = [row for row in waves(10 * SECOND, 1_800, 2) if not 60 < (row[0] - START) / MINUTE < 90]
    other[500] = (*other[500][:2], 2)
    state: list[Row] = [(START - 40 * DAY, 1.0), (START + 3 * HOUR, 0.0)]
    for sensor, rows in zip(sensors, (one, other, state), strict=True):
        write(acme, sensor, rows)
    if settled:
        settle(acme)
    definition = defined(acme, sensors[0], "if({TT-2} == 1, {TT-0} - {TT-1}, 0 [K])")
    span = TimeRange(START + 5 * MINUTE, START + 6 * HOUR)
    found = line(acme, definition, span)
    limits = [3 * MINUTE, 30 * SECOND, None]
    expected = slow([one, other, state], limits, span, lambda a, b, s: a - b if s == 1 else 0.0)
    known = {t: v for t, v in expected.items() if not math.isnan(v)}
    assert (found.rung, found.resolution_ms, found.complete) == ("raw", 0, True)
    assert found.t == list(known)
    assert found.v == pytest.approx(list(known.values()), abs=1e-9)
    assert found.gaps == gaps_of(expected, span.end)


def gaps_of(values: dict[int, float], end: int) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    moments = list(values)
    for t, after in zip(moments, [*moments[1:], end], strict=True):
        if math.isnan(values[t]):
            gaps = [*gaps[:-1], (gaps[-1][0], after)] if gaps and gaps[-1][1] == t else [*gaps, (t, after)]
    return gaps


def test_a_division_by_zero_is_a_gap(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"sampling": "on_change", "interval_s": None})
    write(acme, sensor, [(START, 2.0), (START + MINUTE, 0.0), (START + 2 * MINUTE, 4.0)])
    found = line(acme, defined(acme, sensor, "1 / {TT-0}"), TimeRange(START, START + 3 * MINUTE))
    assert (found.t, found.v) == ([START, START + 2 * MINUTE], [0.5, 0.25])
    assert found.gaps == [(START + MINUTE, START + 2 * MINUTE)]


def test_a_sensor_without_samples_makes_everything_a_gap(acme: TenantConnection) -> None:
    sensors = add_sensors(acme, {}, {})
    write(acme, sensors[0], [(START, 1.0)])
    found = line(acme, defined(acme, sensors[0], "{TT-0} + {TT-1}"), TimeRange(START, START + HOUR))
    assert (found.t, found.gaps) == ([], [(START, START + HOUR)])


def test_extremes_survive_downsampling(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C", "interval_s": 1.0})
    rows = waves(SECOND, 20_000, 4)
    rows[12_345] = (rows[12_345][0], 999.0)
    write(acme, sensor, rows)
    span = TimeRange(START, START + 20_000 * SECOND)
    definition = defined(acme, sensor, "{TT-0} * 2 - {TT-0}")
    found = line(acme, definition, span, 100)
    assert len(found.t) <= 100 and max(found.v) == pytest.approx(999.0)
    band = ask(acme, definition, span, 100, "band")
    assert isinstance(band, BandView) and max(band.max) == pytest.approx(999.0) and len(band.t) <= 100


@pytest.fixture
def on_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a few hundred samples were many."""
    monkeypatch.setattr(reading, "MAX_EXACT", 500)
    monkeypatch.setattr(reading, "MAX_CELLS", 1_000)


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.usefixtures("on_grid")
def test_many_samples_are_computed_from_means_in_cells(acme: TenantConnection, settled: bool) -> None:
    sensors = add_sensors(acme, {"unit": "°C"}, {"unit": "bar", "interval_s": 120.0})
    one = [row for row in waves(MINUTE, 4_000, 5) if not 1_000 <= (row[0] - START) / MINUTE < 1_120]
    other = waves(2 * MINUTE, 2_000, 6)
    for sensor, rows in zip(sensors, (one, other), strict=True):
        write(acme, sensor, rows)
    if settled:
        settle(acme)
    span = TimeRange(START, START + 4_000 * MINUTE // (15 * MINUTE) * (15 * MINUTE))
    found = line(acme, defined(acme, sensors[0], "number({TT-0}, [°C]) * {TT-1}", "bar"), span)
    assert (found.rung, found.resolution_ms) == ("15m", 15 * MINUTE)
    products = [
        (start, mean(one, start, 3 * MINUTE) * mean(other, start, 6 * MINUTE))
        for start in range(span.start, span.end, 15 * MINUTE)
    ]
    known = {t: v for t, v in products if not math.isnan(v)}
    assert found.t == list(known)
    assert found.v == pytest.approx(list(known.values()), rel=1e-9)
    assert found.gaps == [(START + 1_005 * MINUTE, START + 1_110 * MINUTE)]


def mean(rows: Sequence[Row], start: int, limit: int, width: int = 15 * MINUTE) -> float:
    """Weighted by time, a value counting until the next sample or its limit."""
    total = known = 0.0
    for (t, value, *_), (after, *_) in zip(rows, [*rows[1:], (NOW, 0.0)], strict=True):
        ms = min(after, t + limit, start + width) - max(t, start)
        if ms > 0:
            total, known = total + ms * float(value), known + ms
    return total / known if known else math.nan


@pytest.mark.usefixtures("on_grid")
def test_linear_expressions_are_exact_on_the_grid_too(acme: TenantConnection) -> None:
    """The mean of a difference is the difference of the means."""
    sensors = add_sensors(acme, {"unit": "°C"}, {"unit": "°C"})
    one, other = waves(MINUTE, 3_000, 7), waves(MINUTE, 3_000, 8)
    for sensor, rows in zip(sensors, (one, other), strict=True):
        write(acme, sensor, rows)
    settle(acme)
    span = TimeRange(START, START + 2_985 * MINUTE)
    found = line(acme, defined(acme, sensors[0], "{TT-0} - {TT-1}"), span)
    differences = np.array([a[1] for a in one], float) - np.array([b[1] for b in other], float)
    assert found.rung == "15m"
    assert found.v == pytest.approx(differences[: 199 * 15].reshape(199, 15).mean(axis=1).tolist(), abs=1e-9)


@pytest.mark.usefixtures("on_grid")
def test_states_on_the_grid_are_those_at_the_end_of_a_cell(acme: TenantConnection) -> None:
    sensors = add_sensors(
        acme, {"interval_s": 60.0}, {"kind": "discrete", "sampling": "on_change", "interval_s": None}
    )  # fmt: skip
    write(acme, sensors[0], [(START + k * MINUTE, 7.0) for k in range(3_000)])
    write(acme, sensors[1], [(START - DAY, 0.0), (START + 40 * MINUTE, 1.0), (START + 20 * HOUR, 0.0)])
    span = TimeRange(START, START + 2_985 * MINUTE)
    found = line(acme, defined(acme, sensors[0], "if({TT-1} == 1, {TT-0}, 0)"), span)
    assert found.rung == "15m"
    running = [t for t, v in zip(found.t, found.v, strict=True) if v == 7.0]
    assert (running[0], running[-1]) == (START + 30 * MINUTE, START + 20 * HOUR - 15 * MINUTE)
    assert len(found.t) == 199
