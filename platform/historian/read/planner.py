"""Query planner: chooses the source of each part of a range. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from historian.read.plan import Piece, Plan, Tier, pieces_of_samples, rows_of
from historian.rungs.rungs import SAMPLES, Rung, rungs_from
from kernel.errors import BadRequest
from kernel.times import DAY, EARLIEST, HOUR, MINUTE, SECOND, TimeRange, iso

ROWS = 5_000  # samples per sensor read by msgpack, many sensors together; beyond it CSV is cheaper
MAX_SAMPLES = 2_000_000  # raw samples that one query reads for sensors without a ladder
MAX_MARKED_SAMPLES = 100_000  # in marked buckets read from raw; beyond it rungs are used although they lag behind
MAX_SAMPLES_OF_SOME = 5_000  # in marked buckets, if these are not all: the answer is incomplete either way
MAX_MARKS = 40  # runs of marked buckets in one plan
# Measured, InfluxDB and our own time together: each column of a statement opens the series again.
RUNG_STATEMENT_US, RUNG_ROW_US = 800.0, 5.0
RAW_STATEMENT_US, RAW_ROW_US = 250.0, 1.6


@dataclass(frozen=True, slots=True)
class Ladder:
    """The state of a sensor's ladder as the planner needs it: its finest rung and the marked spans."""

    finest: Rung
    marked: tuple[TimeRange, ...] = ()
    raw_from: int = EARLIEST  # earlier raw samples have been deleted, their rows have not
    epoch: str = ""  # of the marks; empty: rows must not be kept
    late: int = 0  # higher once a bucket was marked that had been closed for long

    @property
    def is_raw_gone(self) -> bool:
        """Whether raw samples have been deleted from some time range."""
        return self.raw_from > EARLIEST


def plan_raw(span: TimeRange, tiers: Sequence[Tier] = ()) -> Plan:
    """A plan from samples alone, for a sensor without a ladder."""
    pieces = tuple(pieces_of_samples(span, tiers))
    return Plan(pieces[-1].source, pieces)


def plan_rungs(
    span: TimeRange, buckets: int, ladder: Ladder, interval_ms: float | None, tiers: Sequence[Tier] = ()
) -> Plan:
    """A plan from the coarsest rung with at least `buckets` buckets in the range; edges and marks from below it.

    Where raw has been deleted, the finest rung replaces it.
    """
    interval = interval_ms or ladder.finest.ms / SAMPLES
    rung = coarsest_with(span, buckets, ladder.finest)
    if rung is None:
        if span.start >= ladder.raw_from:
            return plan_raw(span, tiers)
        rung = ladder.finest
    touched = [mark for mark in ladder.marked if mark.start < span.end and mark.end > span.start]
    dirty, complete = _affordable(touched, span, interval)
    cover = _Cover(rungs_from(ladder.finest), dirty, interval, ladder.raw_from, tiers)
    cover.add(span, cover.rungs.index(rung))
    return Plan(rows_of(rung), tuple(cover.pieces), complete)


def hardly_condenses(plan: Plan, span: TimeRange, ladder: Ladder, usual_interval_ms: float | None) -> bool:
    """Whether the samples are probably few and the plan's rows hardly fewer: a sensor that reports on change, but every
    minute."""
    if plan.rung is None or usual_interval_ms is None or span.start < ladder.raw_from:
        return False
    return plan.rung.ms < SAMPLES * usual_interval_ms and span.width / usual_interval_ms <= ROWS


def coarsest_with(span: TimeRange, buckets: int, finest: Rung) -> Rung | None:
    """The coarsest rung with that many buckets in the range; None: even the finest one has fewer."""
    fitting = [rung for rung in rungs_from(finest) if rung.ms * buckets <= span.width]
    return fitting[-1] if fitting else None


def _affordable(marked: Sequence[TimeRange], span: TimeRange, interval: float) -> tuple[list[TimeRange], bool]:
    """The marked spans that can be read from raw, smallest first, adjacent ones merged; and whether these are all."""
    chosen = _smallest(marked, span, interval, MAX_MARKED_SAMPLES)
    runs = merge_spans(chosen)
    if len(chosen) == len(marked) and len(runs) <= MAX_MARKS:
        return runs, True
    return merge_spans(_smallest(marked, span, interval, MAX_SAMPLES_OF_SOME))[-MAX_MARKS:], False


def _smallest(marked: Sequence[TimeRange], span: TimeRange, interval: float, max_samples: int) -> list[TimeRange]:
    chosen: list[TimeRange] = []
    samples = 0.0
    for mark in sorted(marked, key=lambda mark: mark.width):
        samples += (min(mark.end, span.end) - max(mark.start, span.start)) / interval
        if samples > max_samples:
            break
        chosen.append(mark)
    return chosen


def merge_spans(spans: Iterable[TimeRange]) -> list[TimeRange]:
    """Merge spans that touch or overlap; ascending."""
    runs: list[TimeRange] = []
    for span in sorted(spans, key=lambda span: span.start):
        if runs and span.start <= runs[-1].end:
            runs[-1] = TimeRange(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return runs


class _Costs:
    """Cost model for reading a span at an edge, in us: per statement, row and sample."""

    def __init__(self, widths: tuple[int, ...], interval: float) -> None:
        self._widths, self._interval = widths, interval
        self._below: list[float] = []  # cost of a whole bucket of each level, read from the levels below
        for level, width in enumerate(widths):
            self._below.append(min(cost for _, cost in self._ways(width, level)))

    def best(self, width: float, level: int) -> int | None:
        """The cheapest level below `level` for reading a span; None: raw."""
        return min(self._ways(width, level), key=lambda way: way[1])[0]

    def _ways(self, width: float, level: int) -> Iterator[tuple[int | None, float]]:
        yield None, RAW_STATEMENT_US + width / self._interval * RAW_ROW_US
        for lower in range(level):
            rows = width / self._widths[lower] * RUNG_ROW_US
            yield lower, RUNG_STATEMENT_US + rows + self._below[lower]


@lru_cache(maxsize=1000)
def costs_of(widths: tuple[int, ...], interval: float) -> _Costs:
    return _Costs(widths, interval)


class _Cover:
    """Covers a span with unmarked buckets as coarse as possible, and the rest with lower levels."""

    def __init__(
        self, rungs: Sequence[Rung], dirty: Sequence[TimeRange], interval: float, raw_from: int, tiers: Sequence[Tier]
    ) -> None:
        self.rungs, self.dirty, self.raw_from, self.tiers = rungs, dirty, raw_from, tiers
        self.costs = costs_of(tuple(rung.ms for rung in rungs), interval)
        self.pieces: list[Piece] = []

    def add(self, span: TimeRange, level: int) -> None:
        """Cover a span with the rung of that level, and the remainder with lower ones or raw."""
        rung = self.rungs[level]
        inner = rung.inside(span)
        at = span.start
        for clean in self._clean(inner, rung) if inner else ():
            if clean.start > at:
                self._add_below(TimeRange(at, clean.start), level)
            self.pieces.append(Piece(rows_of(rung), clean))
            at = clean.end
        if at < span.end:
            self._add_below(TimeRange(at, span.end), level)

    def _add_below(self, span: TimeRange, level: int) -> None:
        best = self.costs.best(span.width, level) if span.start >= self.raw_from else level - 1
        if best is None or best < 0:
            self._add_raw(span)
        else:
            self.add(span, best)

    def _add_raw(self, span: TimeRange) -> None:
        """Where raw has been deleted, rows replace it; a row that crosses an edge counts as a whole."""
        if span.start < self.raw_from:
            stale = self.rungs[0].around(TimeRange(span.start, min(span.end, self.raw_from)))
            self.pieces.append(Piece(rows_of(self.rungs[0]), stale))
            span = TimeRange(max(stale.end, span.start), span.end)
        if span.width > 0:
            self.pieces += pieces_of_samples(span, self.tiers)

    def _clean(self, inner: TimeRange, rung: Rung) -> Iterator[TimeRange]:
        """The runs of unmarked buckets within `inner`."""
        at = inner.start
        for mark in self.dirty:
            touched = rung.around(mark)
            if touched.end <= at or touched.start >= inner.end:
                continue
            if touched.start > at:
                yield TimeRange(at, touched.start)
            at = max(at, touched.end)
        if at < inner.end:
            yield TimeRange(at, inner.end)


def expected_samples(span: TimeRange, interval_ms: float | None) -> float | None:
    """The number of samples expected in a range, from the sensor's interval."""
    return span.width / interval_ms if interval_ms else None


def counting_spans(span: TimeRange, expected: float) -> list[TimeRange]:
    """Increasingly long ends of a range, up to all of it: counting them in turn never counts far beyond the limit."""
    width = span.width if expected <= 2 * MAX_SAMPLES else int(span.width * MAX_SAMPLES / expected)
    widths = [max(width, 1)]
    while widths[-1] < span.width:
        widths.append(min(widths[-1] * 4, span.width))
    return [TimeRange(span.end - width, span.end) for width in widths]


def longest_range(buckets: Sequence[tuple[int, int]], width_ms: int) -> int:
    """The longest range (ms) that has at most MAX_SAMPLES samples wherever it is placed in the counted span.

    `buckets`: starts (ms) and counts of non-empty buckets of `width_ms`. A range as long as n buckets touches n + 1.
    """
    starts = [start // width_ms for start, _ in buckets]
    best, total, left = starts[-1] - starts[0] + 1, 0, 0
    for right, (_, count) in enumerate(buckets):
        total += count
        while total > MAX_SAMPLES:  # no range may touch all buckets from left to right
            best = min(best, starts[right] - starts[left] - 1)
            total -= buckets[left][1]
            left += 1
    return max(best, 0) * width_ms


def too_many_samples(
    span: TimeRange, counted: TimeRange, samples: int, longest_ms: int, limit: int = MAX_SAMPLES
) -> BadRequest:
    """The error, with the longest range that works."""
    least = "" if counted == span else "at least "
    start = span.end - longest_ms
    hint = (
        f" The longest range that works here is {format_duration(longest_ms)} (longest_ms={longest_ms}), "
        f"such as {iso(start)} to {iso(span.end)}."
        if longest_ms
        else " Ask for a much shorter range."
    )
    return BadRequest(
        f"This range holds {least}{samples:,} raw samples; one query reads {limit:,} at most.{hint}",
        slug="too-many-samples",
        samples=samples,
        limit=limit,
        longest_ms=longest_ms,
        longest_start=start if longest_ms else None,
    )


def format_duration(ms: int) -> str:
    """A duration in its two largest units: `23 d 3 h`."""
    parts: list[str] = []
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1, "ms")):
        count, ms = divmod(ms, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(part for part in parts[:2] if not part.startswith("0 ")) or "0 ms"


NO_LADDERS: Mapping[str, Ladder] = {}
