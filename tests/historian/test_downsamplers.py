"""Each fast downsampler is compared with a slow, simple one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from historian.read.planner import MAX_SAMPLES, counting_spans, format_duration, longest_range
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Rows
from historian.shape import algorithms as downsamplers
from historian.shape.buckets import cut, resolution_ms
from historian.shape.changes import change_points, thin
from historian.shape.gaps import find_gaps, interval_of
from kernel.times import DAY, TimeRange
from stores.samples import Raw

Samples = list[tuple[int, float]]
BORN = [-10_000, 0, 1_700_000_000_000]
NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
)


@st.composite
def ranges_of_samples(draw: st.DrawFn) -> tuple[TimeRange, Samples]:
    """A range with at least one sample; several may share a ms, as they do when they came within one."""
    start = draw(st.sampled_from(BORN))
    span = TimeRange(start, start + draw(st.integers(1, 400)))
    times = draw(st.lists(st.integers(span.start, span.end - 1), min_size=1, max_size=120))
    return span, [(t, draw(NUMBERS)) for t in sorted(times)]


def columns(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    return np.array([t for t, _ in samples], np.int64), np.array([v for _, v in samples], np.float64)


def rows(samples: Samples) -> Rows:
    t, v = columns(samples)
    return rows_of_each(Raw(t * 1_000_000, v, np.zeros(len(t), np.uint8)))


def slow_buckets(span: TimeRange, samples: Samples, count: int) -> Iterator[tuple[int, list[int]]]:
    """Start of each bucket that holds samples, and their places."""
    bounds = [span.start + span.width * number // count for number in range(count + 1)]
    for low, high in itertools.pairwise(bounds):
        places = [place for place, (t, _) in enumerate(samples) if low <= t < high]
        if places:
            yield low, places


@given(ranges_of_samples(), st.integers(2, 60))
def test_minmax_keeps_each_buckets_extremes(case: tuple[TimeRange, Samples], points: int) -> None:
    span, samples = case
    expected = set()
    for _, places in slow_buckets(span, samples, points // 2):
        low, high = (pick(samples[place][1] for place in places) for pick in (min, max))
        if low == high:
            expected |= {places[0], places[-1]}
            continue
        lowest, highest = ([place for place in places if samples[place][1] == value] for value in (low, high))
        pairs = itertools.product(lowest, highest)  # the nearest one, of equally near ones the first
        expected |= set(
            min(
                pairs,
                key=lambda pair: (abs(samples[pair[0]][0] - samples[pair[1]][0]), abs(pair[0] - pair[1]), min(pair)),
            )
        )
    chosen = downsamplers.minmax(*columns(samples), span, points).tolist()
    assert chosen == sorted(expected)
    assert len(chosen) <= points


@given(ranges_of_samples(), st.integers(1, 60))
def test_last_keeps_each_buckets_last_sample(case: tuple[TimeRange, Samples], points: int) -> None:
    span, samples = case
    expected = [places[-1] for _, places in slow_buckets(span, samples, points)]
    assert downsamplers.last(columns(samples)[0], span, points).tolist() == expected


@given(ranges_of_samples(), st.integers(1, 60))
def test_a_band_has_each_buckets_statistics(case: tuple[TimeRange, Samples], points: int) -> None:
    span, samples = case
    band = downsamplers.band(rows(samples), span, points)
    buckets = list(slow_buckets(span, samples, points))
    assert band.t.tolist() == [start for start, _ in buckets]
    for place, (_, places) in enumerate(buckets):
        values = [samples[member][1] for member in places]
        assert (band.min[place], band.max[place]) == (min(values), max(values))
        assert min(values) <= band.mean[place] <= max(values)
        exact = sum(value / len(values) for value in values)
        spread = max(abs(value) for value in values)
        assert band.mean[place] == pytest.approx(exact, rel=1e-9, abs=1e-9 * spread)


@given(ranges_of_samples(), st.integers(2, 60))
@settings(deadline=None)
def test_minmaxlttb_answers_real_samples_in_order(case: tuple[TimeRange, Samples], points: int) -> None:
    span, samples = case
    if len(samples) <= points:
        return  # then there is nothing to choose
    chosen = downsamplers.minmaxlttb(*columns(samples), span, points).tolist()
    assert chosen == sorted(set(chosen))
    assert 1 <= len(chosen) <= points
    assert chosen[0] >= 0 and chosen[-1] < len(samples)


@given(ranges_of_samples(), st.one_of(st.none(), st.integers(0, 3).map(float)), st.integers(1, 60))
def test_a_counters_increase_adds_up_in_any_buckets(
    case: tuple[TimeRange, Samples], before: float | None, points: int
) -> None:
    span, signed = case
    samples = [(t, min(abs(value), 1e6)) for t, value in signed]
    growth, shown = [], samples[0][1] if before is None else before
    for _, value in samples:
        growth.append(value - shown if value >= shown else value)
        shown = value
    t, increases = downsamplers.increase(rows(samples), before, span, points)
    buckets = list(slow_buckets(span, samples, points))
    assert t.tolist() == [start for start, _ in buckets]
    expected = [sum(growth[place] for place in places) for _, places in buckets]
    assert increases.tolist() == pytest.approx(expected)
    assert (increases >= 0).all()


@given(
    st.lists(st.integers(0, 2).map(float), max_size=40),
    st.one_of(st.none(), st.integers(0, 2).map(float)),
    st.sets(st.integers(0, 39)),
)
def test_change_points_are_where_the_state_differs(values: list[float], held: float | None, after: set[int]) -> None:
    resumes = sorted(place for place in after if place < len(values))
    state, expected = held, []
    for place, value in enumerate(values):
        if value != state or place in resumes:
            expected.append(place)
        state = value
    chosen = change_points(np.array(values), held, np.array(resumes, np.int64))
    assert chosen.tolist() == expected


@given(ranges_of_samples(), st.integers(1, 40), st.booleans())
def test_thinned_changes_keep_the_state_at_each_buckets_end(
    case: tuple[TimeRange, Samples], points: int, ordered: bool
) -> None:
    span, samples = case
    t, v = columns(samples)
    changes = change_points(v, None, np.zeros(0, np.int64))
    kept = thin(t, v, changes, span, points, ordered)
    assert len(kept) <= points
    assert set(kept.tolist()) <= set(changes.tolist())
    assert kept[-1] == changes[-1]
    if len(changes) > points >= 4:
        own = [samples[place] for place in changes.tolist()]
        for _, places in slow_buckets(span, own, points // (4 if ordered else 2)):
            mine = [changes[place] for place in places]
            assert {mine[0], mine[-1]} <= set(kept.tolist())
            if ordered:
                shown = {v[place] for place in mine if place in set(kept.tolist())}
                assert {min(v[mine]), max(v[mine])} <= shown


@given(ranges_of_samples(), st.integers(1, 60), st.integers(0, 500))
def test_gaps_are_stretches_of_more_than_three_intervals(
    case: tuple[TimeRange, Samples], interval: int, now_after: int
) -> None:
    span, samples = case
    now = span.start + now_after
    t = columns(samples)[0]
    end = max(min(span.end, now), samples[-1][0])
    moments = [span.start, *t.tolist(), end]
    expected = [
        (low, high, place) for place, (low, high) in enumerate(itertools.pairwise(moments)) if high - low > 3 * interval
    ]
    gaps, resumes = find_gaps(t, t, span, float(interval), now)
    assert [tuple(gap) for gap in gaps.tolist()] == [(low, high) for low, high, _ in expected]
    assert resumes.tolist() == [samples[place][0] for _, _, place in expected if place < len(samples)]


def test_buckets_cover_a_range_that_they_do_not_divide() -> None:
    span = TimeRange(-5, 5)
    buckets = cut(np.arange(-5, 5), span, 3)
    assert buckets.t.tolist() == [-5, -2, 1]
    assert buckets.counts.tolist() == [3, 3, 4]
    assert resolution_ms(span, 3) == 4


def test_more_buckets_than_milliseconds_is_one_a_millisecond() -> None:
    assert cut(np.arange(5), TimeRange(0, 5), 100).counts.tolist() == [1] * 5


def test_means_do_not_leave_the_range_of_floats() -> None:
    large = rows([(0, 1.7e308), (1, 1.7e308), (2, 1.6e308)])
    assert downsamplers.band(large, TimeRange(0, 3), 1).mean[0] == pytest.approx(1.6666e308, rel=1e-3)


def test_the_interval_is_estimated_by_the_median() -> None:
    assert interval_of(np.array([0, 60, 120, 185, 100_000])) == 62.5
    assert interval_of(np.array([0, 60])) is None
    assert interval_of(np.array([5, 5, 5, 5])) is None


@given(st.integers(1, 10**13), st.floats(0, 1e12))
def test_counting_ends_with_the_whole_range_and_never_starts_large(width: int, expected: float) -> None:
    span = TimeRange(-5, -5 + width)
    spans = counting_spans(span, expected)
    assert spans[-1] == span
    assert all(earlier.width < later.width <= 4 * earlier.width for earlier, later in itertools.pairwise(spans))
    assert spans[0].width == 1 or expected * spans[0].width / width <= 2 * MAX_SAMPLES


@given(st.lists(st.integers(0, 1_500_000), min_size=2, max_size=40), st.integers(-5, 5))
def test_the_longest_range_fits_wherever_it_is_placed(counts: list[int], first: int) -> None:
    width = 10
    buckets = [((first + place) * width, count) for place, count in enumerate(counts) if count]
    if sum(counts) <= MAX_SAMPLES or not buckets:
        return
    longest = longest_range(buckets, width) // width
    for start in range(-1, len(counts)):
        touched = counts[max(start, 0) : start + longest + 1]  # a range of n buckets' length may touch n + 1
        assert longest == 0 or sum(touched) <= MAX_SAMPLES


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0 ms"), (999, "999 ms"), (61_000, "1 min 1 s"), (3_600_000, "1 h"), (DAY * 23 + 11_000_000, "23 d 3 h")],
)
def test_durations_are_formatted_in_their_two_largest_units(ms: int, text: str) -> None:
    assert format_duration(ms) == text
