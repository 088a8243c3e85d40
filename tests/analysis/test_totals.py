"""Totals by period, compared with a slow walk through the samples, from raw and from the ladder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analysis.totals.models import Period, Totals
from analysis.totals.query import totals
from catalog.models import Sensor
from historian.rungs.states import name_of
from historian.statistics.query import statistics
from kernel.periods import By
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange
from tests.historian.plant import Row, add_sensors, write
from tests.historian.test_ladder_late import settle
from tests.kernel.test_periods import at

pytestmark = pytest.mark.django_db
ZONE = "Europe/Vienna"
VIENNA = ZoneInfo(ZONE)
START, END = at("2026-10-20", ZONE), at("2026-11-03", ZONE)  # 25 October has 25 hours
NOW = END + 30 * DAY
FORTNIGHT = TimeRange(START, END)


@dataclass(frozen=True)
class Slow:
    """The samples of one sensor, and for how long each counts."""

    rows: list[Row]
    limit: int | None

    @cached_property
    def spans(self) -> list[tuple[int, int, float | str]]:
        """One after another, none longer than `limit`."""
        held = [row for row in self.rows if len(row) < 3 or row[2] < 2]
        return [
            (row[0], after if self.limit is None else min(after, row[0] + self.limit), row[1])
            for row, after in zip(held, [*(row[0] for row in held[1:]), NOW], strict=True)
        ]

    def within(self, start: int, end: int) -> list[tuple[int, float | str]]:
        """For how long each value counts in a period, in ms."""
        first = bisect_right(self.spans, start, key=lambda span: span[1])
        last = bisect_left(self.spans, end, key=lambda span: span[0])
        cut = [(min(until, end) - max(t, start), value) for t, until, value in self.spans[first:last]]
        return [(ms, value) for ms, value in cut if ms > 0]

    def mean(self, start: int, end: int) -> float | None:
        parts = [(ms, float(value)) for ms, value in self.within(start, end)]
        return sum(ms * value for ms, value in parts) / sum(ms for ms, _ in parts) if parts else None

    def states(self, start: int, end: int) -> dict[str, int]:
        times: dict[str, int] = {}
        for ms, value in self.within(start, end):
            times[name_of(value)] = times.get(name_of(value), 0) + ms
        return times

    def values(self, start: int, end: int) -> list[float]:
        first, last = (bisect_left(self.rows, t, key=lambda row: row[0]) for t in (start, end))
        return [float(row[1]) for row in self.rows[first:last] if len(row) < 3 or row[2] < 2]


def ask(tenant: TenantConnection, sensor: Sensor, by: By = "day", span: TimeRange = FORTNIGHT) -> Totals:
    return totals(tenant, sensor, span, by, VIENNA, now_ms=NOW)


def every(interval: int, start: int = START - HOUR, end: int = END + HOUR) -> list[int]:
    return list(range(start, end, interval))


def noisy(times: list[int]) -> list[Row]:
    chance = np.random.default_rng(3)
    waves = zip(times, chance.normal(0, 1, len(times)).tolist(), strict=True)
    return [(t, round(20 + 5 * float(np.sin(t / DAY * 6)) + noise, 2)) for t, noise in waves]


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("by", ["hour", "day", "week", "month"])
def test_means_are_weighted_by_time(acme: TenantConnection, by: By, settled: bool) -> None:
    """Every two minutes, then every minute, with a day of silence."""
    [sensor] = add_sensors(acme, {})
    rows = noisy([*every(2 * MINUTE, end=START + 6 * DAY), *every(MINUTE, START + 7 * DAY)])
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    slow, found = Slow(rows, 3 * MINUTE), ask(acme, sensor, by)
    assert found.complete and (found.rung != "raw") == settled
    for period in found.results:
        values = slow.values(period.start, period.end)
        assert period.count == len(values)
        assert period.unknown == period.end - period.start - sum(ms for ms, _ in slow.within(period.start, period.end))
        if values:
            assert (period.min, period.max) == (min(values), max(values))
        assert period.mean == approx(slow.mean(period.start, period.end))


def approx(value: float | None) -> object:
    return None if value is None else pytest.approx(value, rel=1e-9)


def test_the_day_on_which_clocks_change_has_25_hours_and_all_their_samples(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    write(acme, sensor, [(t, 1.0) for t in every(MINUTE)])
    settle(acme)
    days = ask(acme, sensor).results
    assert [day.count / 60 for day in days] == [24] * 5 + [25] + [24] * 8
    [long] = [day for day in days if day.end - day.start == 25 * HOUR]
    assert long.start == at("2026-10-25", ZONE) and long.unknown == 0
    hours = ask(acme, sensor, "hour", TimeRange(long.start, long.end)).results
    assert [hour.count for hour in hours] == [60] * 25


@pytest.mark.parametrize("settled", [False, True])
def test_increases_of_a_counter_add_up(acme: TenantConnection, settled: bool) -> None:
    [sensor] = add_sensors(acme, {"kind": "counter", "unit": "kWh"})
    times = every(MINUTE)
    rows: list[Row] = [(t, float(k * 3 % 5_000)) for k, t in enumerate(times)]  # reset now and then
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    found = ask(acme, sensor)
    for day in found.results:
        pairs = [(a[1], b[1]) for a, b in pairwise(rows) if day.start <= b[0] < day.end]
        assert day.increase == sum(float(b) - float(a) if b >= a else float(b) for a, b in pairs)
    whole = statistics(acme, sensor, TimeRange(found.start, found.end), now_ms=NOW)
    assert sum(float(day.increase or 0) for day in found.results) == whole.increase


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("by", ["hour", "day", "month"])
@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({"kind": "discrete", "sampling": "periodic", "states": {"0": "Stopped", "1": "Running"}}, 3 * MINUTE),
        ({"kind": "discrete", "sampling": "on_change", "interval_s": None}, None),
        ({"kind": "text", "sampling": "on_change", "interval_s": None}, None),
    ],
)
def test_time_in_states(
    acme: TenantConnection, fields: dict[str, object], limit: int | None, by: By, settled: bool
) -> None:
    [sensor] = add_sensors(acme, fields)
    chance = np.random.default_rng(5)
    times = every(MINUTE) if limit else sorted(int(t) for t in chance.integers(START - HOUR, END, 400))
    times = [t for t in dict.fromkeys(times) if not START + 3 * DAY < t < START + 5 * DAY]
    states: list[float | str] = ["Idle", "Filling"] if sensor.kind == "text" else [0.0, 1.0]
    rows: list[Row] = [(t, states[int(chance.integers(0, 9)) // 8]) for t in times]
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    slow = Slow(rows, limit)
    for period in ask(acme, sensor, by).results:
        assert isinstance(period.states, dict)
        held = {state: ms for state, ms in period.states.items() if ms}
        assert held == slow.states(period.start, period.end), period
        assert period.unknown == period.end - period.start - sum(held.values())


@pytest.mark.parametrize("settled", [False, True])
def test_a_value_reported_on_change_counts_until_the_next(acme: TenantConnection, settled: bool) -> None:
    """Long before the range, and across bounds."""
    [sensor] = add_sensors(acme, {"sampling": "on_change", "interval_s": None})
    rows: list[Row] = [(START - 9 * DAY, 10.0), (START + DAY + 6 * HOUR, 20.0), (START + 3 * DAY + 12 * HOUR, 0.0)]
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    days = ask(acme, sensor, span=TimeRange(START, START + 4 * DAY)).results
    assert [day.mean for day in days] == [10.0, pytest.approx(17.5), 20.0, pytest.approx(10.0)]
    assert [(day.count, day.unknown) for day in days] == [(0, 0), (1, 0), (0, 0), (1, 0)]


def test_samples_at_unequal_distances_are_wrong_by_less_than_their_rows_range(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"interval_s": 20.0})
    chance = np.random.default_rng(9)
    times = [t + int(late) for t, late in zip(every(20 * SECOND), chance.integers(0, 15_000, 10**6), strict=False)]
    rows = noisy(times)
    write(acme, sensor, rows)
    settle(acme)
    slow = Slow(rows, 60 * SECOND)
    for day in ask(acme, sensor).results:
        assert day.mean == pytest.approx(slow.mean(day.start, day.end), abs=0.02)


def test_the_future_is_unknown(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"sampling": "on_change", "interval_s": None, "kind": "discrete"})
    write(acme, sensor, [(START, 1.0)])
    found = totals(acme, sensor, TimeRange(START, START + DAY), "day", VIENNA, now_ms=START + 6 * HOUR)
    assert found.results == [Period(start=START, end=START + DAY, count=1, states={"1": 6 * HOUR}, unknown=18 * HOUR)]


def test_bad_samples_count_for_nothing(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    write(acme, sensor, [(START, 1.0), (START + MINUTE, 99.0, 2)])
    [day] = ask(acme, sensor, span=TimeRange(START, START + 1)).results
    assert (day.count, day.mean, day.max, day.unknown) == (1, 1.0, 1.0, DAY - 3 * MINUTE)


def test_a_sensor_without_samples_has_empty_periods(acme: TenantConnection) -> None:
    for fields in ({}, {"kind": "counter"}, {"kind": "discrete"}, {"kind": "text", "interval_s": None}):
        [sensor] = add_sensors(acme, fields)
        [day] = ask(acme, sensor, span=TimeRange(START, START + 1)).results
        assert day.count == 0 and not (day.mean or day.increase or day.states)


def test_values_are_in_the_unit_shown(acme: TenantConnection) -> None:
    from catalog import operations
    from catalog.history import History
    from catalog.kinds import SENSORS

    [sensor] = add_sensors(acme, {"unit": "°C"})
    write(acme, sensor, [(t, 20.0) for t in every(MINUTE)])
    settle(acme)
    _, changed = operations.change(acme, SENSORS, sensor.id, {"unit": "°F"}, sensor.revision, history=History.convert)
    assert isinstance(changed, Sensor)
    assert [day.mean for day in ask(acme, changed).results] == [pytest.approx(68.0)] * 14
