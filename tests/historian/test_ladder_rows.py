"""Ladder rows are compared with slow, simple ones, for any samples and any merge order."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from historian.read.rows import COLUMNS
from historian.rungs.aggregates import deviations, grown_by_row, merged, rows_of, rows_of_each
from historian.rungs.rows import Rows, empty_rows, joined
from historian.rungs.rungs import RUNGS
from historian.rungs.states import encode, name_of
from kernel.times import DAY, HOUR, MINUTE, NS_PER_MS
from stores.samples import Raw
from tests.historian.plant import make_sensor
from tests.historian.slow_ladder import Sample, slow_rows

KINDS = ("continuous", "counter", "discrete", "text")
BASES = (0, -20_000 * DAY, 1_700_000_040_000, 55_000 * DAY)  # 1970, 1915, 2023, 2120
WIDTHS = [rung.ms for rung in RUNGS]
LIMIT = 3 * MINUTE  # a state's, at the interval that `make_sensor` gives
# On the edges of buckets and beside them, in one ms, far apart.
OFFSETS = st.one_of(
    st.integers(-3, 3).flatmap(lambda n: st.sampled_from([n * MINUTE - 1, n * MINUTE, n * MINUTE + 1])),
    st.sampled_from([-HOUR, -1, 0, HOUR - 1, HOUR, 12 * HOUR, 2 * DAY - 1, 2 * DAY]),
    st.integers(-4 * DAY, 4 * DAY),
)


def value_of(kind: str) -> st.SearchStrategy[Any]:
    if kind == "text":
        return st.sampled_from(["Idle", "Filling", 'say "when"', "", "Ü", "null"])
    if kind == "discrete":
        return st.integers(0, 3).map(float)
    return st.one_of(st.integers(-80, 80).map(lambda n: n / 8), st.integers(-(10**6), 10**6).map(float))


@st.composite
def samples_of(draw: st.DrawFn, kind: str) -> list[tuple[int, Any, int]]:
    """Times in ns, ascending, each once; several may lie in one ms."""
    base = draw(st.sampled_from(BASES))
    times = draw(st.lists(st.tuples(OFFSETS, st.sampled_from([0, 0, 1, 999_999])), min_size=1, max_size=30))
    ns = sorted({(base + offset) * NS_PER_MS + fine for offset, fine in times})
    quality = st.sampled_from([0, 0, 0, 1, 2])
    return [(t, draw(value_of(kind)), draw(quality)) for t in ns]


def raw_of(samples: list[tuple[int, Any, int]], text: bool = False) -> Raw:
    t, v, q = zip(*samples, strict=True) if samples else ((), (), ())
    return Raw(np.array(t, np.int64), np.array(v, object if text else np.float64), np.array(q, np.uint8))


def in_ms(samples: list[tuple[int, Any, int]]) -> list[Sample]:
    return [(t // NS_PER_MS, v, q) for t, v, q in samples]


def differences(rows: Rows, wanted: dict[int, dict[str, Any]], kind: str) -> list[str]:
    """Where rows are not the slow ones. Sums may differ by what adding in another order costs."""
    found = [] if rows.t.tolist() == sorted(wanted) else [f"buckets {rows.t.tolist()} instead of {sorted(wanted)}"]
    for place, start in enumerate(rows.t.tolist()):
        row = wanted.get(start, {})
        if (rows.n[place], rows.n_bad[place]) != (row["n"], row["n_bad"]):
            found.append(f"{start}: {rows.n[place]} and {rows.n_bad[place]} samples")
        for name in COLUMNS[kind] if row["n"] else ():
            if name == "states":
                has: Any = rows.held[place]  # type: ignore[index]
            else:
                has = getattr(rows, name.removesuffix("_s"))[place]
                has = has - start if name[0] == "t" else has
            scale = max(abs(v) for v in (row.get("sum", 0), row.get("m2", 0), 1.0))
            close = isinstance(row[name], float) and math.isclose(has, row[name], rel_tol=1e-9, abs_tol=1e-9 * scale)
            if has != row[name] and not close:
                found.append(f"{start} {name}: {has!r} instead of {row[name]!r}")
    return found


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_width_matches_the_samples(kind: str, data: st.DataObject) -> None:
    samples = data.draw(samples_of(kind))
    width = data.draw(st.sampled_from(WIDTHS))
    rows = rows_of(raw_of(samples, kind == "text"), width, kind == "discrete", LIMIT)
    assert differences(rows, slow_rows(make_sensor(kind=kind), in_ms(samples), width), kind) == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_path_up_the_ladder_yields_the_same_rows(kind: str, data: st.DataObject) -> None:
    samples = data.draw(samples_of(kind))
    steps = sorted(data.draw(st.sets(st.sampled_from(WIDTHS), min_size=2)))
    rows = rows_of(raw_of(samples, kind == "text"), steps[0], kind == "discrete", LIMIT)
    for width in steps[1:]:
        rows = merged(rows, width, LIMIT)
        assert differences(rows, slow_rows(make_sensor(kind=kind), in_ms(samples), width), kind) == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_buckets_that_were_emptied_change_nothing_above_them(kind: str, data: st.DataObject) -> None:
    samples, text = data.draw(samples_of(kind)), kind == "text"
    rows = rows_of(raw_of(samples, text), MINUTE, kind == "discrete", LIMIT)
    free = np.setdiff1d(np.arange(rows.t[0] - HOUR, rows.t[0] + HOUR, MINUTE), rows.t)
    with_empty = merged(joined([rows, empty_rows(free, text)], text), HOUR, LIMIT)
    with_empty = with_empty.take(with_empty.n + with_empty.n_bad > 0)
    assert differences(with_empty, slow_rows(make_sensor(kind=kind), in_ms(samples), HOUR), kind) == []


@given(st.lists(st.integers(-(10**6), 10**6).map(lambda n: n / 64), min_size=1, max_size=60), st.data())
def test_deviations_of_any_groups_are_those_that_numpy_finds(values: list[float], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(values)))) | {0, len(values)})
    groups = [np.array(values[start:stop]) for start, stop in pairwise(cuts)]
    n = np.array([len(group) for group in groups])
    total = np.array([group.sum() for group in groups])
    m2 = np.array([np.var(group) * len(group) for group in groups])
    found = deviations(n, total, m2, np.zeros(1, np.int64))[0]
    assert math.isclose(found / len(values), np.var(values), rel_tol=1e-9, abs_tol=1e-6)


@given(st.lists(st.sampled_from([1e308, -1e308, 1.7e308, 0.0, 3.0]), min_size=1, max_size=20))
def test_overflows_are_clipped_to_the_limits_of_a_float(values: list[float]) -> None:
    raw = raw_of([(place * 7 * 10**9, value, 0) for place, value in enumerate(values)])
    for rows in (rows_of(raw, MINUTE), merged(rows_of(raw, MINUTE), HOUR)):
        for name in ("first", "last", "min", "max", "sum", "m2", "inc"):
            assert np.isfinite(getattr(rows, name)).all(), name
    assert (rows.min[0], rows.max[0]) == (min(values), max(values))


def test_more_than_32_states_are_no_states_and_stay_so_further_up() -> None:
    samples = [(place * 10**9, float(place % count), 0) for count in (32, 33) for place in range(50)]
    for count, kept in ((32, True), (33, False)):
        samples = [(place * 10**9, float(place % count), 0) for place in range(50)]
        samples.append((10 * 60 * 10**9, 1.0, 0))
        rows = rows_of(raw_of(samples), MINUTE, with_states=True)
        assert rows.held is not None
        assert (rows.held[0] is not None, rows.held[1] is not None) == (kept, True)
        [hour] = merged(rows, HOUR).held  # type: ignore[misc]
        assert (hour is not None) == kept
        assert encode(hour) != "null" or not kept


def test_long_texts_are_no_states() -> None:
    samples = [(place * 10**9, f"{place}" * 600, 0) for place in range(5)]
    assert rows_of(raw_of(samples, True), MINUTE).held.tolist() == [None]  # type: ignore[union-attr]


def test_a_state_is_named_by_its_shortest_number() -> None:
    assert [name_of(value) for value in (1.0, -0.0, 0.5, 1e300, "1.0")] == ["1", "0", "0.5", "1e+300", "1.0"]


@given(st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=40), st.data())
def test_what_a_counter_grew_is_the_same_by_samples_and_by_rows(steps: list[tuple[int, bool]], data: Any) -> None:
    """The second of each step: whether the counter starts again from zero."""
    value, shown, whole = 1_000.0, [], 0.0
    before = value
    for growth, reset in steps:
        value = float(growth) if reset else value + growth
        whole += growth if not reset or value >= (shown[-1] if shown else before) else value
        shown.append(value)
    slow = sum(b - a if b >= a else b for a, b in pairwise([before, *shown]))
    raw = raw_of([(place * 20 * 10**9, v, 0) for place, v in enumerate(shown)])
    width = data.draw(st.sampled_from(WIDTHS[:4]))
    for rows in (rows_of_each(raw), rows_of(raw, width), merged(rows_of(raw, MINUTE), HOUR)):
        assert math.isclose(grown_by_row(rows, before).sum(), slow)
