"""The simulated plant, judged as an engineer would."""

from __future__ import annotations

import time

import numpy as np
import pytest

from demo.catalog import HARBOUR
from demo.plant import Plant, chiller, hydraulics, machines, tower
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.plant.days import solve_days
from demo.plant.readings import STATES, TAGS

NOW = 1_795_000_020_000 // MINUTE * MINUTE  # a Wednesday afternoon in November, in Dubai


@pytest.fixture(scope="module")
def week() -> tuple[Plant, dict[str, np.ndarray]]:
    plant = Plant(1)
    return plant, plant.samples(NOW - 7 * DAY, NOW, MINUTE).values


def test_the_same_seed_is_the_same_plant_and_another_seed_another() -> None:
    window = (NOW - HOUR, NOW, MINUTE)
    first, again, other = Plant(7).samples(*window), Plant(7).samples(*window), Plant(8).samples(*window)
    for tag in TAGS:
        assert np.array_equal(first.values[tag], again.values[tag]), tag
    assert not np.array_equal(first.values["OA-T"], other.values["OA-T"])


def test_overlapping_windows_agree_at_any_step() -> None:
    wide = Plant(3).samples(NOW - 2 * DAY, NOW, MINUTE)
    narrow = Plant(3).samples(NOW - 31 * HOUR, NOW - 29 * HOUR, 5_000)
    common, here, there = np.intersect1d(wide.t, narrow.t, return_indices=True)
    assert common.size == 120
    for tag in TAGS:
        assert np.array_equal(wide.values[tag][here], narrow.values[tag][there]), tag


def test_a_window_starts_where_requested_and_may_be_empty() -> None:
    plant = Plant(1)
    assert plant.samples(NOW + 1, NOW + 3 * MINUTE, MINUTE).t.tolist() == [NOW + MINUTE, NOW + 2 * MINUTE]
    assert plant.samples(NOW, NOW, MINUTE).t.size == 0


def test_every_sensor_has_finite_values_inside_its_range(week: tuple[Plant, dict[str, np.ndarray]]) -> None:
    _, values = week
    assert 60 <= len(values) <= 75
    for sensor in HARBOUR.sensors:
        got = values[sensor.tag]
        assert np.isfinite(got).all(), sensor.tag
        if sensor.states:
            assert set(np.unique(got)) <= set(range(len(sensor.states))), sensor.tag
        elif sensor.range:
            low, high = sensor.range
            assert low <= got.min() and got.max() <= high, (sensor.tag, got.min(), got.max())


def test_cooling_load_is_flow_times_temperature_difference(week: tuple[Plant, dict[str, np.ndarray]]) -> None:
    _, v = week
    load = v["CHWS-F"] * machines.CP * (v["CHWR-T"] - v["CHWS-T"])
    assert np.abs(load - v["PLANT-LOAD"]).max() <= 0.06


def test_the_condenser_rejects_the_load_and_the_power() -> None:
    v = solve_days(1, NOW // DAY - 7, 7).values
    chillers = v["CH1-PWR"] * (v["CH1-F"] > 0) + v["CH2-PWR"] * (v["CH2-F"] > 0)
    load = v["CHWS-F"] * machines.CP * (v["CHWR-T"] - v["CHWS-T"])
    rejected = v["CWS-F"] * machines.CP * (v["CWR-T"] - v["CWS-T"])
    assert np.abs(rejected - load - chillers).max() < 0.002 * rejected.max()


def test_both_chillers_share_the_load_and_the_flow() -> None:
    v = solve_days(1, NOW // DAY - 7, 7).values
    given = sum(v[f"CH{n}-F"] * machines.CP * (v["CHWR-T"] - v[f"CH{n}-CHWS"]) for n in (1, 2))
    load = v["CHWS-F"] * machines.CP * (v["CHWR-T"] - v["CHWS-T"])
    assert np.abs(given - load).max() < 1e-6 * load.max()
    assert np.abs(v["CH1-F"] + v["CH2-F"] - v["CHWS-F"]).max() < 1e-9


def test_a_pump_follows_the_affinity_laws() -> None:
    pump, flow, full = hydraulics.PUMP, np.linspace(20.0, 80.0, 7), np.ones(7)
    for speed in (0.5, 0.8):
        assert np.allclose(pump.head(speed * flow, speed * full), speed**2 * pump.head(flow, full))
        assert np.allclose(pump.shaft_power(speed * flow, speed * full), speed**3 * pump.shaft_power(flow, full))
    assert np.allclose(pump.head(flow, pump.speed(flow, np.full(7, 20.0))), 20.0)


def test_valve_and_coil_curves_undo_each_other() -> None:
    lift = np.linspace(0.06, 1.0, 40)
    assert np.allclose(machines.valve_opening(machines.valve_coefficient(lift)), lift)
    duty = np.linspace(0.05, 1.1, 40)
    assert np.allclose(machines.coil_duty(machines.coil_flow(duty)), duty)


def test_a_chiller_is_worse_with_more_lift_and_with_a_fouled_condenser() -> None:
    load, out, heat_rate = np.full(9, 1200.0), np.full(9, 6.5), np.full(9, 86.0 * machines.CP)
    clean = chiller.power(load, out, np.linspace(20.0, 34.0, 9), heat_rate, np.zeros(9))
    assert (np.diff(clean) > 0).all()
    assert (np.diff(chiller.power(load, np.linspace(5.0, 10.0, 9), np.full(9, 28.0), heat_rate, np.zeros(9))) < 0).all()
    assert (np.diff(chiller.power(load, out, np.full(9, 28.0), heat_rate, np.linspace(0.0, 1.0, 9))) > 0).all()


def test_a_chiller_is_best_at_part_load_and_poor_when_nearly_idle() -> None:
    plr = np.array([0.1, 0.25, 0.65, 1.0])
    share = chiller.part_load_share(plr)
    assert share.argmax() == 2
    assert share[0] < share[1] < share[2]
    design = chiller.power(np.array([1750.0]), np.array([6.7]), np.array([29.4]), np.array([86.0 * 4.19]), np.zeros(1))
    assert 4.6 < 1750.0 / design[0] < 6.2  # what such machines have on their plates


def test_a_tower_needs_more_fan_for_more_heat_and_never_beats_the_wet_bulb() -> None:
    heat = np.linspace(300.0, 3200.0, 12)
    wet = np.full(12, 24.0)
    point = tower.operate(heat, np.full(12, 86.0), wet, wet + 4.0)
    assert (np.diff(point.speed) >= 0).all()
    assert (point.water_out > wet).all()
    assert point.water_out[-1] > 28.2  # full speed is not enough: the water gets warmer
    inside = (point.speed > 0.21) & (point.speed < 0.99)
    assert inside.sum() >= 3
    fall = heat / (86.0 * machines.CP)
    gave = tower.heat_rejected(point.speed, np.full(12, 86.0), point.water_out + fall, point.water_out, wet)
    assert np.allclose(gave[inside], heat[inside], rtol=0.002)


def test_only_running_machines_use_power_and_one_chiller_is_enough_at_the_days_seam() -> None:
    for first in (NOW // DAY - 7, NOW // DAY - 100, NOW // DAY - 280):
        solved = solve_days(1, first, 7)
        v, s = solved.values, solved.states
        assert ((s["CH1-STS"] + s["CH2-STS"])[:, -2:] == 1).all()
        for tag in ("CHP1", "CHP2", "CHP3", "CWP1", "CWP2", "CT1", "CT2"):
            assert (v[f"{tag}-PWR"][s[f"{tag}-STS"] != 1] == 0).all(), tag
            assert (v[f"{tag}-PWR"][s[f"{tag}-STS"] == 1] > 0).all(), tag
        assert (v["CH1-F"][s["IV1-STS"] == 0] == 0).all()


def test_values_are_continuous_from_one_day_to_the_next() -> None:
    solved = solve_days(1, NOW // DAY - 14, 14)
    for tag in (
        "CHWS-T",
        "CHWR-T",
        "CHWS-F",
        "CHWS-DP",
        "CWS-T",
        "CWR-T",
        "PLANT-PWR",
        "AHU1-SAT",
        "AHU4-SAT",
        "OA-T",
        "CHWS-SP",
    ):
        table = solved.values[tag]
        seam = np.abs(table[1:, 0] - table[:-1, 1440])
        assert seam.max() < 0.02 * np.abs(table).max(), (tag, seam.max())


def test_a_started_chiller_runs_for_an_hour_at_least(week: tuple[Plant, dict[str, np.ndarray]]) -> None:
    _, v = week
    both = v["CH1-STS"] + v["CH2-STS"] == 2
    starts = np.flatnonzero(np.diff(both.astype(int)) == 1)
    stops = np.flatnonzero(np.diff(both.astype(int)) == -1)
    assert starts.size >= 5
    for start in starts:
        after = stops[stops > start]
        assert after.size == 0 or after[0] - start >= 60


def test_the_meter_integrates_power_and_resets_each_month() -> None:
    plant = Plant(1)
    # 1 November 2026, 00:00 in Dubai
    midnight = 1_793_476_800_000
    s = plant.samples(midnight - HOUR, midnight + 2 * HOUR, MINUTE, ("PLANT-ENE", "PLANT-PWR"))
    meter = s.values["PLANT-ENE"]
    new = int(np.searchsorted(s.t, midnight))
    assert meter[new] == 0.0 and meter[new - 1] > 10_000.0
    assert (np.diff(meter[new:]) >= 0).all()
    used, power = meter[-1] - meter[new], s.values["PLANT-PWR"][new:-1].mean()
    assert used == pytest.approx(power * (s.t[-1] - midnight) / HOUR, rel=0.01)


def test_states_are_reported_on_change_and_every_quarter_of_an_hour() -> None:
    s = Plant(1).samples(NOW - DAY, NOW, MINUTE)
    for tag in STATES:
        t, v = s.times(tag), s.of(tag)
        assert t.size == v.size
        assert 96 <= t.size <= 150
        # Carried forward, what was reported gives the state at every minute.
        at = np.searchsorted(t, s.t, side="right") - 1
        known = at >= 0
        assert np.array_equal(v[at[known]], s.values[tag][known]), tag
    assert s.times("OA-T").size == 1440


def test_a_week_of_all_sensors_takes_less_than_two_seconds() -> None:
    began = time.process_time()
    Plant(5).samples(NOW - 7 * DAY, NOW, MINUTE)
    assert time.process_time() - began < 2.0
