"""Time in state: what was not measured is unknown, and the parts of a range add up, whatever is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.queries import read_samples
from historian.read.ladders import ladders_of
from historian.rungs.aggregates import rows_of
from historian.rungs.states import held_over
from historian.shape.series import Line
from historian.statistics.query import statistics
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from stores.samples import raw_of
from tests.historian.plant import NOW, START, Row, add_sensors, write
from tests.historian.test_ladder_late import change, settle
from tests.properties import examples

pytestmark = pytest.mark.django_db
MIDNIGHT = START // DAY * DAY
RUNNING = {"kind": "discrete", "sampling": "periodic", "states": {"0": "Stopped", "1": "Running"}}


def held(tenant: TenantConnection, sensor: Sensor, span: TimeRange) -> Counter[str]:
    """ms in each state, and in none that is known."""
    found = statistics(tenant, sensor, span, now_ms=NOW)
    assert isinstance(found.states, dict) and isinstance(found.unknown, int)
    assert sum(found.states.values()) + found.unknown == span.width
    return Counter({**{k: v for k, v in found.states.items() if v}, "unknown": found.unknown})


def days(count: int) -> list[TimeRange]:
    return [TimeRange(MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY) for day in range(count)]


def drawn(tenant: TenantConnection, sensor: Sensor, span: TimeRange) -> Counter[str]:
    """The same, as a chart shows it."""
    view = read_samples(tenant, sensor, span, 1000, now_ms=NOW)
    assert isinstance(view, Line)
    shown: Counter[str] = Counter()
    for t, v, until in zip(view.t, view.v, [*view.t[1:], span.end], strict=True):
        gap = next((gap for gap in view.gaps if t <= gap[0] < until), None)
        shown[f"{v:g}"] += (gap[0] if gap else until) - t
    shown["unknown"] = span.width - shown.total()
    return shown


@pytest.mark.parametrize("settled", [False, True])
def test_a_periodic_state_ends_after_three_intervals_at_any_granularity(acme: TenantConnection, settled: bool) -> None:
    """An hour of running, and nothing for ten days."""
    [sensor] = add_sensors(acme, RUNNING)
    write(acme, sensor, [(MIDNIGHT + k * MINUTE, 1.0) for k in range(58)])
    if settled:
        settle(acme)
    whole = TimeRange(MIDNIGHT, MIDNIGHT + 10 * DAY)
    wanted = Counter({"1": HOUR, "unknown": 10 * DAY - HOUR})
    assert held(acme, sensor, whole) == wanted
    parts = [held(acme, sensor, day) for day in days(10)]
    assert parts == [Counter({"1": HOUR, "unknown": DAY - HOUR}), *[Counter({"unknown": DAY})] * 9]
    assert drawn(acme, sensor, whole) == wanted
    assert drawn(acme, sensor, TimeRange(MIDNIGHT, MIDNIGHT + 2 * HOUR)) == Counter({"1": HOUR, "unknown": HOUR})


@pytest.mark.parametrize("settled", [False, True])
def test_a_state_reported_on_change_is_held_until_the_next_report(acme: TenantConnection, settled: bool) -> None:
    [sensor] = add_sensors(acme, {**RUNNING, "sampling": "on_change", "interval_s": None})
    write(acme, sensor, [(MIDNIGHT + HOUR, 1.0), (MIDNIGHT + 3 * DAY, 0.0)])
    if settled:
        settle(acme)
    whole = TimeRange(MIDNIGHT, MIDNIGHT + 10 * DAY)
    assert held(acme, sensor, whole) == Counter({"1": 3 * DAY - HOUR, "0": 7 * DAY, "unknown": HOUR})
    assert held(acme, sensor, days(6)[5]) == Counter({"0": DAY, "unknown": 0})


def test_a_state_from_before_the_range_is_held_up_to_its_limit(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, RUNNING)
    write(acme, sensor, [(MIDNIGHT - MINUTE, 1.0), (MIDNIGHT + HOUR, 0.0)])
    found = held(acme, sensor, TimeRange(MIDNIGHT, MIDNIGHT + HOUR + MINUTE))
    assert found == Counter({"1": 2 * MINUTE, "0": MINUTE, "unknown": HOUR - 2 * MINUTE})
    assert drawn(acme, sensor, TimeRange(MIDNIGHT, MIDNIGHT + HOUR + MINUTE)) == found


SILENCES = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 2)), min_size=1, max_size=120)
CUTS = st.lists(st.integers(0, 10 * 24 * 60), max_size=6)


@settings(max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(silences=SILENCES, cuts=CUTS, kind=st.sampled_from(["discrete", "text"]))
def test_the_parts_of_a_range_add_up_to_it(
    acme: TenantConnection, silences: list[tuple[int, int]], cuts: list[int], kind: str
) -> None:
    [sensor] = add_sensors(acme, {"kind": kind, "sampling": "periodic"})
    rows: list[Row] = []
    at = MIDNIGHT
    for minutes, state in silences:
        at += minutes * MINUTE
        rows.append((at, float(state) if kind == "discrete" else f"S{state}"))
    write(acme, sensor, rows)
    bounds = sorted({MIDNIGHT, MIDNIGHT + 10 * DAY, *(MIDNIGHT + cut * MINUTE for cut in cuts)})
    parts = [TimeRange(a, b) for a, b in pairwise(bounds)]
    whole = held(acme, sensor, TimeRange(bounds[0], bounds[-1]))
    assert sum((held(acme, sensor, part) for part in parts), Counter()) == +whole
    settle(acme)
    assert +held(acme, sensor, TimeRange(bounds[0], bounds[-1])) == +whole
    assert sum((held(acme, sensor, part) for part in parts), Counter()) == +whole


def test_rows_of_the_previous_version_are_read_correctly() -> None:
    """There a bucket's last state held to the bucket's end; where raw is gone such rows stay."""
    samples = [[(MIDNIGHT + k * MINUTE) * 1_000_000, float(k % 2), 0] for k in range(120)]
    rows = rows_of(raw_of(samples, False), HOUR, True, 3 * MINUTE)
    assert rows.held is not None
    old = replace(rows, held=np.array([{**held, "1": held["1"] + MINUTE} for held in rows.held], object))
    ours = held_over(rows, range(2), 3 * MINUTE, MIDNIGHT + DAY)
    assert held_over(old, range(2), 3 * MINUTE, MIDNIGHT + DAY) == ours == {"0": HOUR, "1": HOUR + 2 * MINUTE}


def test_a_changed_interval_rebuilds_the_time_in_state(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, RUNNING)
    write(acme, sensor, [(MIDNIGHT + k * 10 * MINUTE, 1.0) for k in range(144)])
    settle(acme)
    day = TimeRange(MIDNIGHT, MIDNIGHT + DAY)
    assert held(acme, sensor, day) == Counter({"1": 144 * 3 * MINUTE, "unknown": DAY - 144 * 3 * MINUTE})
    for changed, known in (({"interval_s": 600.0}, DAY), ({"sampling": "on_change", "interval_s": None}, DAY)):
        change(acme, sensor, **changed)
        now = snapshot_of(acme).sensors[sensor.id]
        assert held(acme, now, day) == Counter({"1": known, "unknown": DAY - known}), "at once, from the samples"
        settle(acme)
        assert ladders_of(acme, [now])
        assert held(acme, now, day) == Counter({"1": known, "unknown": DAY - known})
