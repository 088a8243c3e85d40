"""Faults occur when and show where the module says."""

from __future__ import annotations

import numpy as np
import pytest

from demo.plant import Fault, Plant, faults_between
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.plant.faults import DRIFTING, FOULED, STUCK, TRIPPED
from demo.plant.readings import TAGS

NOW = 1_795_000_020_000 // MINUTE * MINUTE


def last(kind: str, before: int = NOW) -> Fault:
    """The last occurrence that is over."""
    return [f for f in faults_between(before - 7 * DAY, before) if f.kind == kind and f.end <= before][-1]


@pytest.mark.parametrize("seed", [1, 2, 99])
def test_each_kind_has_begun_and_been_over_within_any_last_seven_days(seed: int) -> None:
    for hours in range(0, 60 * 24, 5):
        now = NOW + hours * HOUR
        over = {f.kind for f in faults_between(now - 7 * DAY, now, seed) if f.start >= now - 7 * DAY and f.end <= now}
        assert over == {FOULED, STUCK, DRIFTING, TRIPPED}, hours


def test_faults_are_listed_in_order_with_their_sensors() -> None:
    faults = faults_between(NOW - 30 * DAY, NOW)
    assert [f.start for f in faults] == sorted(f.start for f in faults)
    for fault in faults:
        assert fault.start < fault.end and fault.end > NOW - 30 * DAY and fault.start < NOW
        assert len(fault.signs) >= 3 and set(fault.signs) <= set(TAGS)


def test_a_window_of_faults_agrees_with_a_wider_one() -> None:
    wide = faults_between(NOW - 30 * DAY, NOW)
    narrow = faults_between(NOW - 9 * DAY, NOW - 8 * DAY)
    assert narrow == [f for f in wide if f.start < NOW - 8 * DAY and f.end > NOW - 9 * DAY]


def test_a_fouled_condenser_raises_its_approach_and_its_power() -> None:
    fault = last(FOULED)
    v = Plant(1).samples(fault.end - 6 * HOUR, fault.end + 30 * HOUR, MINUTE).values
    both = (v["CH1-STS"] == 1) & (v["CH2-STS"] == 1)
    ratio = np.where(both, v["CH2-PWR"] / np.maximum(v["CH1-PWR"], 1.0), np.nan)
    during, after = slice(0, 6 * 60), slice(7 * 60, None)
    if not both[during].any():  # a week-end: one machine runs, compare its approach with the load it has
        running = v["CH2-STS"][during] == 1
        load = v["PLANT-LOAD"][during]
        assert (v["CH2-APP"][during][running] > 2.5 * load[running] / 1000.0).mean() > 0.9
    else:
        assert np.nanmean(ratio[during]) > np.nanmean(ratio[after]) + 0.06
        assert np.mean(v["CH2-APP"][during][both[during]]) > 2.5 * np.mean(v["CH1-APP"][during][both[during]])


def test_a_stuck_valve_leaves_its_air_warm_while_the_command_winds_up() -> None:
    fault = last(STUCK)
    v = Plant(1).samples(fault.start - 2 * HOUR, fault.start + 4 * HOUR, MINUTE).values
    before, during = slice(0, 110), slice(180, None)
    assert np.std(v["AHU3-POS"][during]) < 0.5
    assert v["AHU3-CMD"][during].min() > 95.0
    assert v["AHU3-SAT"][during].mean() > v["AHU3-SAT"][before].mean() + 4.0
    assert v["AHU3-SPD"][during].mean() > v["AHU3-SPD"][before].mean() + 20.0


def test_a_drifting_sensor_deviates_from_its_neighbours_and_affects_derived_values() -> None:
    fault = last(DRIFTING)
    v = Plant(1).samples(fault.end - 2 * HOUR, fault.end + 2 * HOUR, MINUTE).values
    running = np.where(v["CH1-STS"] == 1, v["CH1-CHWR"], v["CH2-CHWR"])
    apart = v["CHWR-T"] - running
    assert apart[:115].mean() > 0.9 * fault.severity
    assert abs(apart[125:].mean()) < 0.1
    assert v["PLANT-LOAD"][:115].mean() > 1.1 * v["PLANT-LOAD"][125:].mean()


def test_a_pump_trip_lowers_the_header_pressure_and_the_others_respond() -> None:
    fault = last(TRIPPED)
    number = int(fault.asset[-1])
    v = Plant(1).samples(fault.start - 10 * MINUTE, fault.start + 30 * MINUTE, MINUTE).values
    trip, standby = 10, 22
    assert (v[f"CHP{number}-STS"][trip:] == 2).all()
    assert (v[f"CHP{number}-PWR"][trip:] == 0).all()
    assert v["CHWS-DP"][trip:standby].mean() < 0.6 * v["CHWS-DP"][:trip].mean()
    assert v["CHWS-F"][trip:standby].mean() < 0.95 * v["CHWS-F"][:trip].mean()
    second = next(tag for tag in fault.signs if tag.endswith("-SPD") and not tag.startswith(f"CHP{number}"))
    assert v[second][trip:standby].mean() > 98.0
    spare = next(tag for tag in fault.signs if tag.endswith("-STS") and not tag.startswith(f"CHP{number}"))
    assert (v[spare][:standby] == 0).all() and (v[spare][standby + 1 :] == 1).all()
    assert v["CHWS-DP"][standby + 2 :].mean() > 0.95 * v["CHWS-DP"][:trip].mean()
