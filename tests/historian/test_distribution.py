"""Histograms and duration curves: exact from samples, within their own bounds from rungs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.models import Sensor
from historian.read.planner import Ladder
from historian.rungs.aggregates import rows_of
from historian.rungs.rungs import RUNGS
from historian.statistics.distribution import SHARES, Distribution, bin_edges, duration_curve, histogram
from historian.statistics.distribution_query import MAX_ROWS, distribution, plan_rows
from historian.statistics.spread import Spread, cumulative
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from stores.samples import Raw
from tests.historian.plant import START, add_sensors, write
from tests.historian.years import END, YEAR, Truth

NOW = END + MINUTE
NEAR = 1e-9
Floats = npt.NDArray[np.float64]


def of_samples(v: Floats, weight: Floats | None = None) -> Spread:
    return Spread(v, v, v, np.zeros(len(v)), np.ones(len(v)) if weight is None else weight, True)


def of_rows(v: Floats, size: int) -> Spread:
    """As the rungs have it: each row of `size` samples."""
    t = np.arange(len(v), dtype=np.int64)
    rows = rows_of(Raw(t * 1_000_000, v, np.zeros(len(v), np.uint8)), size)
    std = np.sqrt(np.maximum(rows.m2, 0) / rows.n)
    mean = np.clip(rows.sum / rows.n, rows.min, rows.max)
    return Spread(rows.min, rows.max, mean, std, rows.n.astype(np.float64), True)


def below(v: Floats, values: Floats) -> Floats:
    return np.array([(v < value).mean() for value in values])


def reached(v: Floats) -> Floats:
    """For each share the largest sample that at least as many reach: the slow way."""
    found = sorted(v.tolist(), reverse=True)
    wanted = [max(int(np.ceil(share * len(found) - 1e-9)), 1) for share in SHARES.tolist()]
    return np.array([found[place - 1] for place in wanted])


SIGNALS = st.lists(
    st.one_of(
        st.floats(-1e6, 1e6),
        st.sampled_from([0.0, 1.0, 20.0, 20.5, 1e9, -1e9, 1e15, 1e15 + 1]),
    ),
    min_size=1,
    max_size=300,
).map(lambda values: np.array(values, np.float64))


@given(SIGNALS, st.integers(1, 40), st.integers(5, 60))
@example(np.array([0.0, 2e-171]), 2, 5)
def test_the_bounds_hold_for_any_samples_and_rows(v: Floats, size: int, bins: int) -> None:
    spread, edges = of_rows(v, size), bin_edges(float(v.min()), float(v.max()), bins)
    found, truth = cumulative(spread, edges[1:-1]), below(v, edges[1:-1])
    assert (found.low - NEAR <= truth).all()
    assert (truth <= found.high + NEAR).all()
    shares, error = histogram(spread, edges)
    assert sum(shares) == pytest.approx(1)
    assert (np.abs(np.cumsum(shares)[:-1] - truth) <= error + NEAR).all()
    curve, wanted = duration_curve(spread), reached(v)
    slack = NEAR * (1 + np.abs(wanted))
    assert (np.array(curve.low) - slack <= wanted).all()
    assert (wanted <= np.array(curve.high) + slack).all()


@given(SIGNALS, st.integers(5, 60))
@example(np.array([5e-324, -1e9]), 5)
@example(np.array([-5e-324, 1e9]), 5)
def test_of_samples_both_are_exact(v: Floats, bins: int) -> None:
    spread, edges = of_samples(v), bin_edges(float(v.min()), float(v.max()), bins)
    assert edges[0] <= v.min()
    assert edges[-1] >= v.max()
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= bins + 1
    shares, error = histogram(spread, edges)
    assert error == 0
    assert shares == pytest.approx((np.histogram(v, edges)[0] / len(v)).tolist())
    assert duration_curve(spread).value == reached(v).tolist()


@pytest.mark.parametrize(
    ("low", "high", "bins", "width"),
    [(29, 33, 50, 0.1), (0, 1, 10, 0.2), (-7.3, 1234, 50, 50), (1e-9, 9e-9, 20, 5e-10)],
)
def test_bins_have_a_round_width(low: float, high: float, bins: int, width: float) -> None:
    assert np.diff(bin_edges(low, high, bins)) == pytest.approx(width)


@pytest.mark.parametrize(("low", "high"), [(3, 3), (0, 0), (-1.7e308, 1.7e308), (0, 5e-324), (1e15, 1e15 + 0.25)])
def test_bins_ascend_where_there_are_hardly_numbers_between(low: float, high: float) -> None:
    edges = bin_edges(low, high, 50)
    assert np.isfinite(edges).all()
    assert (np.diff(edges) > 0).all()
    assert edges[0] <= low <= high <= edges[-1]


@pytest.mark.parametrize("kind", ["noise", "ramp", "switch"])
def test_an_estimate_from_rows_is_near_the_truth(kind: str) -> None:
    """Three kinds of signals that cross their whole range in each row, where the bounds say little."""
    chance = np.random.default_rng(3)
    v = {
        "noise": chance.normal(50, 2, 100_000),
        "ramp": np.arange(100_000) % 500 / 10.0,
        "switch": np.where(np.arange(100_000) % 500 < 150, 0.0, 8.0),
    }[kind]
    edges = bin_edges(float(v.min()), float(v.max()), 40)
    shares, error = histogram(of_rows(v, 500), edges)
    off = np.abs(np.cumsum(shares)[:-1] - below(v, edges[1:-1])).max()
    assert off <= 0.02
    assert off <= error


@pytest.mark.parametrize("width", [HOUR, 40 * DAY, YEAR, 3 * YEAR, 30 * YEAR])
def test_a_distribution_is_read_from_a_bounded_number_of_rows(width: int) -> None:
    span = TimeRange(END - width - 1, END)
    plan = plan_rows(span, Sensor(id="n", site="s", tag="T", name="T", interval_s=1.0), Ladder(RUNGS[0]), ())
    rows = sum(piece.span.width / piece.rung.ms for piece in plan.pieces if piece.rung)
    assert rows <= MAX_ROWS + 400  # and the edges of lower rungs
    if plan.rung is not None and plan.rung is not RUNGS[0]:
        finer = RUNGS[RUNGS.index(plan.rung) - 1]
        assert span.width // finer.ms > MAX_ROWS, "the finest that fits"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["second", "minute", "quarter"])
def test_few_samples_are_all_read(tenant: TenantConnection, site: dict[str, Truth], name: str) -> None:
    truth = site[name]
    for span in (TimeRange(END - 15 * HOUR, END), TimeRange(END - 50 * DAY, END - 7), TimeRange(END, END + DAY)):
        found = distribution(tenant, truth.sensor, span, 40, now_ms=NOW)
        inside = truth.within(span)
        v = inside.usable().v
        assert (found.count, found.bad) == (len(v), len(inside.t) - len(v))
        assert (found.exact, found.complete, found.error, found.weight) == (True, True, 0, "samples")
        if not len(v):
            assert (found.edges, found.shares, found.duration.value, found.total) == ([], [], [], 0)
            continue
        assert found.shares == pytest.approx((np.histogram(v, found.edges)[0] / len(v)).tolist())
        assert found.duration.value == reached(v).tolist()


@pytest.mark.django_db
def test_years_are_estimated_within_the_error_that_they_state(tenant: TenantConnection, site: dict[str, Truth]) -> None:
    truth, span = site["quarter"], TimeRange(END - 3 * YEAR, END)
    v = truth.within(span).usable().v
    found = distribution(tenant, truth.sensor, span, 50, now_ms=NOW)
    assert (found.rung, found.exact, found.complete, found.count) == ("3h", False, True, len(v))
    truths = below(v, np.array(found.edges[1:-1]))
    off = np.abs(np.cumsum(found.shares)[:-1] - truths).max()
    assert off <= found.error
    assert off <= 0.02
    wanted = reached(v)
    assert (np.array(found.duration.low) - NEAR <= wanted).all()
    assert (wanted <= np.array(found.duration.high) + NEAR).all()
    assert found.duration.value[0] == v.max()
    assert found.duration.value[-1] == v.min()


@pytest.mark.django_db
def test_a_sensor_that_reports_on_change_has_shares_of_the_time(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"sampling": "on_change", "interval_s": None})
    steps = [(0, 10.0), (1, 20.0), (31, 10.0), (41, 40.0)]  # minutes
    write(acme, sensor, [(START + minute * MINUTE, value) for minute, value in steps])
    span = TimeRange(START + 11 * MINUTE, START + 61 * MINUTE)
    found = distribution(acme, sensor, span, 50, now_ms=span.end)
    assert (found.weight, found.total, found.exact) == ("time", 50 * MINUTE, True)
    assert share_of(found, 20.0) == pytest.approx(20 / 50), "the value before the range held into it"
    assert share_of(found, 10.0) == pytest.approx(10 / 50)
    assert share_of(found, 40.0) == pytest.approx(20 / 50)
    assert found.duration.value[::25] == [40.0, 40.0, 20.0, 20.0, 10.0]
    until_now = distribution(acme, sensor, span, 50, now_ms=START + 51 * MINUTE)
    assert until_now.total == 40 * MINUTE, "nothing is known of the future"


def share_of(found: Distribution, value: float) -> float:
    [share] = [
        share
        for share, (low, high) in zip(found.shares, pairwise(found.edges), strict=True)
        if low <= value < high or value == high == found.edges[-1]
    ]
    return share


@pytest.mark.django_db
def test_over_http_it_is_refused_for_other_kinds_wrong_bins_and_strangers(
    client_for: Callable[..., Client], acme: TenantConnection, rival: TenantConnection
) -> None:
    number, counter, state, text = add_sensors(acme, {}, {"kind": "counter"}, {"kind": "discrete"}, {"kind": "text"})
    write(acme, number, [(START + minute * MINUTE, float(minute)) for minute in range(60)])
    viewer, span = client_for("viewer", acme), {"start": START, "end": START + HOUR}

    def answer(client: Client, sensor: Any, **query: Any) -> Any:
        return client.get(f"/api/v1/sensors/{sensor.id}/distribution", {**span, **query})

    found = answer(viewer, number, bins=10).json()
    assert (found["count"], found["total"], sum(found["shares"])) == (60, 60, pytest.approx(1))
    assert len(found["edges"]) - 1 == len(found["shares"]) <= 10
    for sensor in (counter, state, text):
        refused = answer(viewer, sensor)
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/method-does-not-fit")
    for bins in ("4", "201", "many", "5.5"):
        refused = answer(viewer, number, bins=bins)
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-bins")
    assert answer(viewer, number, end=START).json()["type"] == "/problems/empty-range"
    assert answer(client_for("admin", rival), number).status_code == 404
