"""Whatever rung is read, the answer equals that from samples with the same buckets."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from historian.queries import read_samples
from historian.rungs.rungs import RUNGS
from historian.shape.methods import Method
from historian.shape.series import BandView, Line
from historian.statistics.query import statistics
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.years import END, Truth, bounds_of

pytestmark = pytest.mark.django_db  # the tenants' rows; the queries themselves need none
NOW = END + MINUTE
WIDTHS = {rung.name: rung.ms for rung in RUNGS}


def ranges_of(truth: Truth, count: int, seed: int) -> list[TimeRange]:
    """Ranges whose edges lie anywhere, also before the first sample and after the last one."""
    draw = random.Random(f"{truth.sensor.tag}{seed}")
    first, last = int(truth.t[0]), int(truth.t[-1])
    spans = []
    for _ in range(count):
        length = (last - first) * draw.uniform(0.02, 1.0) ** 2
        start = draw.uniform(first - 0.1 * length, last - 0.5 * length)
        spans.append(TimeRange(int(start), int(start + length)))
    return spans


def read(
    tenant: TenantConnection, truth: Truth, span: TimeRange, points: int, method: Method = "auto"
) -> tuple[Any, int]:
    """The answer, and the width of what it was read from (1: samples)."""
    answer = read_samples(tenant, truth.sensor, span, points, method, now_ms=NOW)
    assert answer.complete
    usable = truth.within(span).usable()
    assert (answer.samples, answer.bad) == (len(usable.t), len(truth.within(span).t) - len(usable.t))
    return answer, WIDTHS.get(answer.rung, 1)


def buckets(truth: Truth, span: TimeRange, count: int, width: int) -> Iterator[tuple[int, list[int], list[Any]]]:
    """Start, times and values of each bucket that holds usable samples."""
    usable = truth.within(span).usable()
    bounds = bounds_of(span, count, width)
    places = np.searchsorted(usable.t, bounds).tolist()
    for start, (low, high) in zip(bounds, pairwise(places), strict=False):
        if high > low:
            yield start, usable.t[low:high].tolist(), usable.v[low:high].tolist()


NUMBERS = ["second", "minute", "quarter"]
RUNGS_OF = [
    ("second", 14 * HOUR, 1_200, "1m"),
    ("second", 15 * HOUR, 300, "5m"),
    ("minute", 5 * DAY, 2_000, "5m"),
    ("minute", 50 * DAY, 8_000, "15m"),
    ("minute", 50 * DAY, 2_000, "1h"),
    ("minute", 58 * DAY, 900, "3h"),
    ("quarter", 2 * 365 * DAY, 2_000, "12h"),
    ("quarter", 3 * 365 * DAY, 1_000, "2d"),
]


@pytest.mark.parametrize(("name", "length", "points", "rung"), RUNGS_OF, ids=[f"{n}-{r}" for n, _, _, r in RUNGS_OF])
def test_each_rung_shows_every_buckets_smallest_and_largest_sample_at_their_times(
    tenant: TenantConnection, site: dict[str, Truth], name: str, length: int, points: int, rung: str
) -> None:
    span = TimeRange(END - length - 77_777, END - 77_777)
    answer, width = read(tenant, site[name], span, points)
    assert (answer.rung, answer.method) == (rung, "minmax")
    check_extremes(answer, site[name], span, points, width)


def shown(answer: Line) -> list[tuple[int, Any]]:
    return list(zip(answer.t, answer.v, strict=True))


def check_extremes(answer: Line, truth: Truth, span: TimeRange, points: int, width: int) -> None:
    """Every point is a sample with its own time, and of each bucket there are the smallest and the largest, no more."""
    places = np.searchsorted(answer.t, bounds_of(span, points // 2, width))
    edges = dict(zip(bounds_of(span, points // 2, width), pairwise(places), strict=False))
    left = len(answer.t)
    for start, t, v in buckets(truth, span, points // 2, width):
        of_bucket = shown(answer)[slice(*edges[start])]
        assert set(of_bucket) <= set(zip(t, v, strict=True))
        assert {value for _, value in of_bucket} == {min(v), max(v)}
        assert len(of_bucket) <= 2
        left -= len(of_bucket)
    assert not left
    assert answer.t == sorted(answer.t)


@pytest.mark.parametrize("name", NUMBERS)
def test_ranges_with_any_edges_show_every_extreme(tenant: TenantConnection, site: dict[str, Truth], name: str) -> None:
    for span in ranges_of(site[name], 12, 1):
        for points in (50, 800):
            answer, width = read(tenant, site[name], span, points)
            usable = site[name].within(span).usable()
            every = list(zip(usable.t.tolist(), usable.v.tolist(), strict=True))
            if len(every) <= points:
                assert shown(answer) == every
            else:
                check_extremes(answer, site[name], span, points, width)


@pytest.mark.parametrize("name", [*NUMBERS, "meter", "phase"])
def test_a_band_and_means_are_those_of_the_samples(tenant: TenantConnection, site: dict[str, Truth], name: str) -> None:
    long = [span for span in ranges_of(site[name], 8, 2) if len(site[name].within(span).usable().t) > 200]
    assert long
    for span in long:
        answer, width = read(tenant, site[name], span, 200, "band")
        wanted = [
            (start, min(v), max(v), math.fsum(v) / len(v)) for start, _, v in buckets(site[name], span, 200, width)
        ]
        assert isinstance(answer, BandView)
        assert list(zip(answer.t, answer.min, answer.max, strict=True)) == [row[:3] for row in wanted]
        assert answer.mean == pytest.approx([row[3] for row in wanted], rel=1e-6, abs=1e-6)
        means, _ = read(tenant, site[name], span, 200, "mean")
        assert (means.t, means.v) == (answer.t, answer.mean)


@pytest.mark.parametrize("name", [*NUMBERS, "valve", "batch"])
def test_the_last_sample_of_each_bucket_is_the_real_one(
    tenant: TenantConnection, site: dict[str, Truth], name: str
) -> None:
    long = [span for span in ranges_of(site[name], 8, 3) if len(site[name].within(span).usable().t) > 150]
    assert long
    for span in long:
        answer, width = read(tenant, site[name], span, 150, "last")
        assert shown(answer) == [(t[-1], v[-1]) for _, t, v in buckets(site[name], span, 150, width)]


@pytest.mark.parametrize("name", NUMBERS)
def test_minmaxlttb_shows_real_samples_only(tenant: TenantConnection, site: dict[str, Truth], name: str) -> None:
    for span in ranges_of(site[name], 5, 4):
        answer, _ = read(tenant, site[name], span, 300, "minmaxlttb")
        usable = site[name].within(span).usable()
        real = set(zip(usable.t.tolist(), usable.v.tolist(), strict=True))
        assert set(shown(answer)) <= real
        assert len(answer.t) == min(300, len(real))
        assert shown(answer)[:: len(answer.t) - 1] == sorted(real)[:: len(real) - 1], "the first and the last"


@pytest.mark.parametrize("name", ["meter", "dose"])
def test_increases_by_bucket_add_up_to_the_total_increase(
    tenant: TenantConnection, site: dict[str, Truth], name: str
) -> None:
    truth = site[name]
    for span in ranges_of(truth, 12, 5):
        answer, width = read(tenant, truth, span, 120)
        assert answer.method == "inc"
        whole = truth.grown(span)
        assert sum(answer.v) == pytest.approx(whole)
        assert answer.stats.increase == pytest.approx(whole)
        edges = bounds_of(span, 120, width)
        parts = [TimeRange(a, b) for a, b in pairwise(edges) if b > a]
        wanted = {part.start: truth.grown(part) for part in parts if len(truth.within(part).usable().t)}
        if truth.before(span.start) is not None:
            assert dict(zip(answer.t, answer.v, strict=True)) == pytest.approx(wanted)


@pytest.mark.parametrize("name", ["valve", "batch"])
def test_states_hold_at_the_end_of_every_bucket(tenant: TenantConnection, site: dict[str, Truth], name: str) -> None:
    truth = site[name]
    for span in ranges_of(truth, 10, 6):
        for points in (60, 2_000):
            answer, width = read(tenant, truth, span, points)
            assert answer.method == "changes"
            assert len(answer.t) <= points
            assert answer.t == sorted(answer.t)
            per_bucket = 4 if name == "valve" else 2
            exact = answer.rung == "raw" and answer.resolution_ms == 0
            ends = bounds_of(span, (points - 1) // per_bucket, width)[1:]
            moments = truth.within(span).t.tolist() if exact else [end - 1 for end in ends]
            for moment in moments:
                wanted = truth.before(moment + 1)
                place = int(np.searchsorted(answer.t, moment, "right")) - 1
                assert (answer.v[place] if place >= 0 else None) == wanted, (answer.rung, moment)
            before = truth.before(span.start)
            if before is not None:
                assert (answer.t[0], answer.v[0]) == (span.start, before) or answer.t[0] == span.start


@pytest.mark.parametrize("name", ["second", "minute", "quarter", "meter", "phase", "valve", "batch", "dose"])
def test_statistics_of_any_range_are_those_of_its_samples(
    tenant: TenantConnection, site: dict[str, Truth], name: str
) -> None:
    truth, kind = site[name], site[name].sensor.kind
    for span in [*ranges_of(truth, 12, 7), TimeRange(END - 5 * HOUR, END + 9 * DAY), TimeRange(END, END + DAY)]:
        found = statistics(tenant, truth.sensor, span, now_ms=NOW)
        usable = truth.within(span).usable()
        assert found.complete
        assert (found.count, found.bad) == (len(usable.t), len(truth.within(span).t) - len(usable.t))
        if kind != "text" and len(usable.t):
            v, t = usable.v, usable.t
            assert (found.min, found.tmin) == (v.min(), t[np.argmin(v)])
            assert (found.max, found.tmax) == (v.max(), t[len(v) - 1 - np.argmax(v[::-1])])
            assert found.mean == pytest.approx(v.mean(), rel=1e-9, abs=1e-9)
            assert found.sum == pytest.approx(math.fsum(v), rel=1e-9, abs=1e-6)
            assert found.std == pytest.approx(v.std(), rel=1e-9, abs=1e-9)
        if kind == "counter" and len(usable.t):
            assert found.increase == pytest.approx(truth.grown(span))
        if kind in ("text", "discrete"):
            assert found.states == truth.held(span, min(span.end, NOW))
            assert sum(found.states.values()) + found.unknown == span.width  # type: ignore[union-attr,operator]


def test_percentiles_are_those_of_the_samples(tenant: TenantConnection, site: dict[str, Truth]) -> None:
    truth = site["minute"]
    for span in ranges_of(truth, 3, 8):
        found = statistics(tenant, truth.sensor, span, [0, 5, 50, 99.5, 100], now_ms=NOW)
        wanted = np.percentile(truth.within(span).usable().v, [0, 5, 50, 99.5, 100])
        assert list(found.percentiles.values()) == pytest.approx(wanted.tolist())  # type: ignore[union-attr]
        assert list(found.percentiles) == ["0", "5", "50", "99.5", "100"]  # type: ignore[arg-type]
