"""Plans cover a range exactly once, from the coarsest unmarked buckets possible."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from historian.read.plan import Plan
from historian.read.planner import (
    MAX_MARKED_SAMPLES,
    MAX_MARKS,
    MAX_SAMPLES_OF_SOME,
    ROWS,
    Ladder,
    coarsest_with,
    hardly_condenses,
    plan_raw,
    plan_rungs,
)
from historian.rungs.rungs import COARSEST, RUNGS, rungs_from
from kernel.times import DAY, EARLIEST, HOUR, MINUTE, TimeRange

START = 1_700_000_040_000
times = st.one_of(
    st.integers(-30 * DAY, 3_000 * DAY),
    st.integers(-5, 3_000).map(lambda n: n * HOUR),
    st.integers(-5, 500).map(lambda n: n * 2 * DAY),
).map(lambda t: START // (2 * DAY) * 2 * DAY + t)
spans = st.tuples(times, times).filter(lambda two: two[0] != two[1]).map(lambda two: TimeRange(min(two), max(two)))


@st.composite
def ladders(draw: st.DrawFn, gone: bool = False) -> Ladder:
    finest = draw(st.sampled_from(RUNGS))
    marks = []
    for _ in range(draw(st.integers(0, 8))):
        start = finest.floor(draw(times))
        marks.append(TimeRange(start, start + finest.ms * draw(st.sampled_from([1, 1, 1, 2, 60, 5_000]))))
    raw_from = COARSEST.floor(draw(times)) if gone else EARLIEST
    return Ladder(finest, tuple(marks), raw_from)


intervals = st.sampled_from([None, 100.0, 1_000.0, 15_000.0, 60_000.0, 900_000.0])
wanted = st.sampled_from([1, 5, 50, 500, 5_000])


def covers(plan: Plan, span: TimeRange) -> bool:
    edges = [span.start, *(piece.span.end for piece in plan.pieces)]
    return edges[-1] == span.end and [piece.span.start for piece in plan.pieces] == edges[:-1]


@given(spans, wanted, ladders(), intervals)
def test_the_pieces_cover_the_range_once_and_in_order(
    span: TimeRange, buckets: int, ladder: Ladder, interval: float | None
) -> None:
    plan = plan_rungs(span, buckets, ladder, interval)
    assert covers(plan, span)
    assert all(piece.span.width > 0 for piece in plan.pieces)


@given(spans, wanted, ladders(), intervals)
def test_rungs_supply_whole_unmarked_buckets_only(
    span: TimeRange, buckets: int, ladder: Ladder, interval: float | None
) -> None:
    plan = plan_rungs(span, buckets, ladder, interval)
    for piece in plan.pieces:
        if piece.rung is None:
            continue
        assert piece.rung in rungs_from(ladder.finest)
        assert plan.rung is not None
        assert piece.rung.ms <= plan.rung.ms
        assert piece.rung.around(piece.span) == piece.span
        touched = [mark for mark in ladder.marked if mark.start < piece.span.end and mark.end > piece.span.start]
        assert not (plan.complete and touched)


@given(spans, wanted, ladders())
def test_it_is_the_coarsest_rung_with_enough_buckets(span: TimeRange, buckets: int, ladder: Ladder) -> None:
    plan = plan_rungs(span, buckets, ladder, None)
    assert plan.rung == coarsest_with(span, buckets, ladder.finest)
    coarser = [rung for rung in rungs_from(ladder.finest) if plan.rung is None or rung.ms > plan.rung.ms]
    assert all(span.width / rung.ms < buckets for rung in coarser)
    if plan.rung is None:
        assert plan == plan_raw(span)
    else:
        assert span.width / plan.rung.ms >= buckets


@given(spans, wanted, ladders(), intervals)
def test_neither_pieces_nor_rows_nor_samples_are_many(
    span: TimeRange, buckets: int, ladder: Ladder, interval: float | None
) -> None:
    plan = plan_rungs(span, buckets, ladder, interval)
    if plan.rung is None:
        return
    edges = 2 * len(RUNGS) * (len(ladder.marked) + 1)
    assert len(plan.pieces) <= edges + 1
    rows = sum(piece.span.width / piece.rung.ms for piece in plan.pieces if piece.rung)
    if plan.rung != COARSEST:
        assert rows <= 5 * buckets + 200 * edges, "of a finer rung at an edge where that saves statements"
    expected = interval or ladder.finest.ms / 4
    samples = sum(piece.span.width / expected for piece in plan.pieces if piece.rung is None)
    bucket = ladder.finest.ms / expected
    assert samples <= MAX_MARKED_SAMPLES + edges * max(ROWS, bucket)


def test_rows_that_hold_hardly_more_than_a_sample_are_recognized() -> None:
    def condenses(span: TimeRange, interval_ms: float | None, raw_from: int = EARLIEST, buckets: int = 500) -> bool:
        ladder = Ladder(RUNGS[0], raw_from=raw_from)
        return not hardly_condenses(plan_rungs(span, buckets, ladder, None), span, ladder, interval_ms)

    day = TimeRange(START, START + DAY)
    assert not condenses(day, 60_000.0)
    assert condenses(day, 10_000.0), "a row for six samples"
    assert condenses(day, None)
    assert condenses(day, 60_000.0, raw_from=COARSEST.ceil(day.end)), "there are no samples"
    assert condenses(TimeRange(START, START + 2 * ROWS * MINUTE), 60_000.0, buckets=2 * ROWS), "too many samples"


@given(spans, wanted, ladders(gone=True), intervals)
def test_rows_replace_deleted_raw_samples(
    span: TimeRange, buckets: int, ladder: Ladder, interval: float | None
) -> None:
    plan = plan_rungs(span, buckets, ladder, interval)
    for before, after in pairwise(plan.pieces):
        assert before.span.end == after.span.start
    first, last = plan.pieces[0].span.start, plan.pieces[-1].span.end
    assert first == span.start or (first == ladder.finest.floor(span.start) and first < ladder.raw_from)
    assert last == span.end or (last == ladder.finest.ceil(span.end) and last <= ladder.raw_from)
    for piece in plan.pieces:
        assert piece.rung is not None or piece.span.start >= ladder.raw_from
        assert piece.rung is None or piece.rung.around(piece.span) == piece.span


def test_adjacent_marks_count_as_one() -> None:
    """An hour of late seconds marks sixty minutes; they are read in one piece."""
    finest, start = RUNGS[0], START // (2 * DAY) * 2 * DAY
    minutes = tuple(TimeRange(start + k * MINUTE, start + (k + 1) * MINUTE) for k in range(2 * MAX_MARKS))
    plan = plan_rungs(TimeRange(start - 40 * DAY, start + 40 * DAY), 500, Ladder(finest, minutes), 1_000.0)
    assert plan.complete
    assert sum(piece.rung is None for piece in plan.pieces) == 1


def test_too_many_raw_samples_are_reported() -> None:
    span = TimeRange(START, START + 400 * DAY)
    small = TimeRange(RUNGS[0].floor(START + DAY), RUNGS[0].floor(START + DAY) + MINUTE)
    plan = plan_rungs(span, 500, Ladder(RUNGS[0], (span, small)), 1_000.0)
    assert not plan.complete
    raw = [piece.span for piece in plan.pieces if piece.rung is None]
    assert any(span.start <= small.start and small.end <= span.end for span in raw), "the small one is still right"


def test_history_that_was_just_written_is_not_read_from_samples_in_part() -> None:
    """Its marks are as wide as the writes: some would be affordable, and the answer incomplete all the same."""
    start = START // (2 * DAY) * 2 * DAY
    written = tuple(TimeRange(start + k * 14 * DAY, start + (k + 1) * 14 * DAY) for k in range(30))
    span = TimeRange(start, start + 420 * DAY)
    plan = plan_rungs(span, 200, Ladder(RUNGS[1], written), 60_000.0)
    assert not plan.complete
    assert sum(piece.span.width / MINUTE for piece in plan.pieces if piece.rung is None) <= MAX_SAMPLES_OF_SOME
