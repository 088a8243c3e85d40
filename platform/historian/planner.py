"""Choosing where to read from and how. Pure: everything it decides on is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from kernel.errors import BadRequest
from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange, iso

ROWS = 5_000  # samples of one sensor that still come by msgpack, many sensors together; from there on CSV costs less
MOST_SAMPLES = 2_000_000  # raw samples that one query reads


class Source(Enum):
    """Where a sensor's picture is read from, and how."""

    RAW_ROWS = "raw samples, many sensors in one round trip"
    RAW_BULK = "raw samples, one sensor at a time, streamed"


def expected_samples(span: TimeRange, interval_ms: float | None) -> float | None:
    """How many samples a sensor should have in a range, by its interval."""
    return span.width / interval_ms if interval_ms else None


def source_for(span: TimeRange, interval_ms: float | None, samples: int | None = None) -> Source:
    """By the number of samples if it is known, else by the sensor's interval.

    A reader of rows stops at ROWS, so a sensor that is busier than it says does no harm.
    """
    expected = samples if samples is not None else expected_samples(span, interval_ms)
    return Source.RAW_BULK if expected is not None and expected > ROWS else Source.RAW_ROWS


def counting_spans(span: TimeRange, expected: float) -> list[TimeRange]:
    """Ever longer ends of a range, the last one all of it: counting them in turn never counts far past the limit."""
    width = span.width if expected <= 2 * MOST_SAMPLES else int(span.width * MOST_SAMPLES / expected)
    widths = [max(width, 1)]
    while widths[-1] < span.width:
        widths.append(min(widths[-1] * 4, span.width))
    return [TimeRange(span.end - width, span.end) for width in widths]


def longest_range(buckets: Sequence[tuple[int, int]], width_ms: int) -> int:
    """The longest range in ms, wherever in the counted span it is laid, that holds MOST_SAMPLES samples at most.

    `buckets` are starts (ms) and counts of the buckets that hold samples, each `width_ms` wide. A range of n buckets'
    length touches n + 1 of them.
    """
    starts = [start // width_ms for start, _ in buckets]
    best, total, left = starts[-1] - starts[0] + 1, 0, 0
    for right, (_, count) in enumerate(buckets):
        total += count
        while total > MOST_SAMPLES:  # no range may touch all of left … right
            best = min(best, starts[right] - starts[left] - 1)
            total -= buckets[left][1]
            left += 1
    return max(best, 0) * width_ms


def too_many_samples(span: TimeRange, counted: TimeRange, samples: int, longest_ms: int) -> BadRequest:
    """The refusal, with the range that would do."""
    least = "" if counted == span else "at least "
    start = span.end - longest_ms
    hint = (
        f" The longest range that works here is {spoken(longest_ms)} (longest_ms={longest_ms}), "
        f"such as {iso(start)} to {iso(span.end)}."
        if longest_ms
        else " Ask for a much shorter range."
    )
    return BadRequest(
        f"This range holds {least}{samples:,} raw samples; one query reads {MOST_SAMPLES:,} at most.{hint}",
        slug="too-many-samples",
        samples=samples,
        limit=MOST_SAMPLES,
        longest_ms=longest_ms,
        longest_start=start if longest_ms else None,
    )


def spoken(ms: int) -> str:
    """A duration in its two largest units: `23 d 3 h`."""
    parts: list[str] = []
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1, "ms")):
        count, ms = divmod(ms, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(part for part in parts[:2] if not part.startswith("0 ")) or "0 ms"
