"""Spans of closed time are remembered as a few runs, bounded, and never older than what was marked."""

from __future__ import annotations

import numpy as np
import pytest

from historian.read.closed_parts import CLOSED_MS, MAX_AGE_S, Columns
from historian.read.closed_spans import MAX_RUN_BYTES, ClosedSpans, Known, closed_spans
from historian.read.packed_columns import Block
from historian.read.planner import Ladder
from historian.rungs.rungs import ALL_TIME, RUNGS
from kernel.times import HOUR, MINUTE, TimeRange

MINUTES, QUARTERS = RUNGS[0], RUNGS[2]
LADDER = Ladder(MINUTES, epoch="e", late=3)
COLUMNS = ("v",)


def block(start: int, end: int, columns: Columns = COLUMNS) -> Block:
    """Values every ten seconds."""
    t = np.arange(-(-start // 10_000) * 10_000, end, 10_000)
    return Block(t, tuple(np.sin(t / 7e4 + ord(name)) for name in columns))


def put(spans: ClosedSpans, start: int, end: int, sensor: str = "s1", ladder: Ladder = LADDER) -> None:
    spans.put(sensor, MINUTES, COLUMNS, ladder, [TimeRange(start, end)], block(start, end))


def missing(spans: ClosedSpans, start: int, end: int, sensor: str = "s1", ladder: Ladder = LADDER) -> TimeRange | None:
    return spans.known(sensor, MINUTES, COLUMNS, ladder, TimeRange(start, end)).missing


@pytest.mark.parametrize("sets", [["v"], ["v", "vw", "wxv", "x", "xw"]])
@pytest.mark.parametrize("seed", range(20))
def test_what_is_known_and_what_is_missing_make_the_whole(seed: int, sets: list[str]) -> None:
    spans, draw = ClosedSpans(lambda: 0.0, 20_000, per_ms=1), np.random.default_rng(seed)
    kept = 0
    for _ in range(300):
        columns = tuple(draw.choice(sets))
        start = int(draw.integers(0, 3_000)) * 1000 + int(draw.integers(0, 2)) * 7
        end = start + int(draw.integers(1, 300_000))
        span = TimeRange(start, end)
        known = spans.known("s1", MINUTES, columns, LADDER, span)
        new = None
        if known.missing is not None:
            assert start <= known.missing.start < known.missing.end <= end
            new = block(known.missing.start, known.missing.end, columns)
            spans.put("s1", MINUTES, columns, LADDER, [known.missing], new)
        kept += known.missing is None
        found, wanted = known.joined(new).within(start, end), block(start, end, columns)
        assert found.t.tolist() == wanted.t.tolist()
        assert [column.tolist() for column in found.columns] == [column.tolist() for column in wanted.columns]
        assert spans.bytes <= 20_000
    assert kept, "some were known as a whole"


def test_what_was_read_with_more_columns_is_known_with_fewer() -> None:
    clock = 0.0
    spans = ClosedSpans(lambda: clock, 1 << 20, per_ms=1)

    def put(start: int, end: int, columns: str, ladder: Ladder = LADDER) -> None:
        span, found = TimeRange(start * HOUR, end * HOUR), block(start * HOUR, end * HOUR, tuple(columns))
        spans.put("s1", MINUTES, tuple(columns), ladder, [span], found)

    def known(start: int, end: int, columns: str, ladder: Ladder = LADDER) -> Known:
        return spans.known("s1", MINUTES, tuple(columns), ladder, TimeRange(start * HOUR, end * HOUR))

    put(0, 4, "vwx")
    put(5, 6, "vw")
    put(6, 8, "xv")
    assert known(1, 3, "xw").joined(None).columns[0].tolist() == block(HOUR, 3 * HOUR, ("x",)).columns[0].tolist()
    assert known(1, 3, "vy").missing == TimeRange(HOUR, 3 * HOUR)
    assert known(1, 8, "v").missing == TimeRange(4 * HOUR, 5 * HOUR), "what surrounds a hole is in three series"
    put(4, 5, "v")
    assert known(1, 8, "v").joined(None).t.tolist() == block(HOUR, 8 * HOUR).t.tolist()
    assert known(1, 8, "vw").missing == TimeRange(4 * HOUR, 8 * HOUR)
    clock += MAX_AGE_S + 1
    assert known(1, 2, "w").missing == TimeRange(HOUR, 2 * HOUR)
    put(0, 1, "vwx")
    assert known(0, 1, "w").missing is None
    late = Ladder(MINUTES, epoch="e", late=4)
    assert known(0, 1, "w", late).missing == TimeRange(0, HOUR)
    put(0, 1, "vw", late)
    assert known(0, 1, "w", late).missing is None


def test_neighbours_are_joined_up_to_a_size_and_read_as_one() -> None:
    spans = ClosedSpans(lambda: 0.0, 10 << 20, per_ms=1)
    for hour in (0, 2, 1, 3):
        put(spans, hour * HOUR, (hour + 1) * HOUR)
    [series] = spans._series.values()
    assert [run.span for run in series.runs] == [TimeRange(0, 4 * HOUR)]
    for hour in range(4, 40):
        put(spans, hour * HOUR, (hour + 1) * HOUR)
    assert 1 < len(series.runs) < 10
    assert all(run.bytes <= MAX_RUN_BYTES for run in series.runs)
    known = spans.known("s1", MINUTES, COLUMNS, LADDER, TimeRange(HOUR // 2, 39 * HOUR))
    assert known.missing is None
    assert known.joined(None).t.tolist() == block(HOUR // 2, 39 * HOUR).t.tolist()


def test_a_hole_is_missing_and_what_surrounds_it_is_not() -> None:
    spans = ClosedSpans(lambda: 0.0, 1 << 20, per_ms=1)
    put(spans, 0, HOUR)
    put(spans, 2 * HOUR, 3 * HOUR)
    assert missing(spans, MINUTE, 3 * HOUR) == TimeRange(HOUR, 2 * HOUR)
    assert missing(spans, MINUTE, 4 * HOUR) == TimeRange(HOUR, 4 * HOUR)
    assert missing(spans, -MINUTE, 3 * HOUR) == TimeRange(-MINUTE, 2 * HOUR)
    known = spans.known("s1", MINUTES, COLUMNS, LADDER, TimeRange(0, 3 * HOUR))
    wider = known.outside(TimeRange(HOUR // 2, 5 * HOUR // 2))
    joined = wider.joined(block(HOUR // 2, 5 * HOUR // 2))
    assert joined.t.tolist() == block(0, 3 * HOUR).t.tolist()


def test_spans_are_known_until_a_late_mark_another_epoch_or_their_age() -> None:
    clock = 0.0
    spans = ClosedSpans(lambda: clock, 1 << 20, per_ms=1)
    put(spans, 0, HOUR)
    assert missing(spans, 0, HOUR) is None
    assert missing(spans, 0, HOUR, "s2") == TimeRange(0, HOUR)
    assert spans.known("s1", MINUTES, ("w",), LADDER, TimeRange(0, HOUR)).missing == TimeRange(0, HOUR)
    assert missing(spans, 0, HOUR, ladder=Ladder(MINUTES, epoch="f", late=3)) == TimeRange(0, HOUR)
    clock += MAX_AGE_S
    put(spans, 2 * HOUR, 3 * HOUR)
    clock += 1
    assert missing(spans, 0, HOUR) == TimeRange(0, HOUR)
    assert missing(spans, 2 * HOUR, 3 * HOUR) is None
    after = Ladder(MINUTES, epoch="e", late=4)
    assert missing(spans, 2 * HOUR, 3 * HOUR, ladder=after) == TimeRange(2 * HOUR, 3 * HOUR)
    put(spans, 0, HOUR, ladder=after)
    put(spans, 2 * HOUR, 3 * HOUR, ladder=LADDER)  # by a request that began before the mark
    assert missing(spans, 2 * HOUR, 3 * HOUR, ladder=after) == TimeRange(2 * HOUR, 3 * HOUR)
    assert missing(spans, 0, HOUR, ladder=after) is None
    put(spans, 0, HOUR, "s3", Ladder(MINUTES))  # nobody knows the marks
    assert missing(spans, 0, HOUR, "s3", Ladder(MINUTES)) == TimeRange(0, HOUR)


def test_the_runs_used_last_of_the_series_used_last_stay() -> None:
    now = 0.0
    spans = ClosedSpans(lambda: now, 15_000, per_ms=1)
    for sensor in ("s1", "s2", "s3"):
        for hour in (0, 2):
            now += 1
            put(spans, hour * HOUR, hour * HOUR + HOUR // 4, sensor)  # 90 values, 8 bytes each
    now += 1
    assert missing(spans, 0, MINUTE, "s1") is None
    for number in range(6):
        put(spans, 0, HOUR // 4, f"more{number}")
    assert spans.bytes <= 15_000
    assert missing(spans, 0, MINUTE, "s1") is None
    assert missing(spans, 0, MINUTE, "s2") == TimeRange(0, MINUTE)
    put(spans, 0, 40 * HOUR, "large")
    assert missing(spans, 0, MINUTE, "large") == TimeRange(0, MINUTE)
    assert spans.bytes <= 15_000


def test_only_what_closed_long_ago_and_is_not_marked_is_kept() -> None:
    span, now = TimeRange(50 * HOUR, 51 * HOUR), 100 * HOUR
    assert closed_spans(span, QUARTERS, [], now) == [span]
    assert closed_spans(span, QUARTERS, [], span.end + CLOSED_MS - 1) == [TimeRange(span.start, span.end - 15 * MINUTE)]
    assert closed_spans(span, QUARTERS, [], span.start + CLOSED_MS) == []
    inside = [TimeRange(span.start + 20 * MINUTE, span.start + 21 * MINUTE), TimeRange(span.end - 1, span.end + 1)]
    assert closed_spans(span, QUARTERS, inside, now) == [
        TimeRange(span.start, span.start + 15 * MINUTE),
        TimeRange(span.start + 30 * MINUTE, span.end - 15 * MINUTE),
    ]
    assert closed_spans(span, QUARTERS, [TimeRange(span.end, span.end + MINUTE)], now) == [span]
    assert closed_spans(span, QUARTERS, [ALL_TIME], now) == []
