"""Arithmetic on marked ranges and buckets. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from historian.rungs.rungs import COARSEST
from kernel.times import TimeRange
from stores.redis.marks import Mark


def latest_block(ranges: Sequence[Mark]) -> TimeRange:
    """The latest range, merged with those that adjoin it to within a bucket of the coarsest rung."""
    latest = max(ranges, key=lambda mark: mark.end)
    start = latest.start
    for mark in sorted(ranges, key=lambda mark: -mark.end):
        if COARSEST.ceil(mark.end) >= COARSEST.floor(start):
            start = min(start, mark.start)
    return TimeRange(start, latest.end)


def rest_of(mark: Mark, start: int) -> tuple[int, int] | None:
    """What is left of a range that has been rebuilt from `start` on."""
    return (mark.start, start) if mark.start < start else None


def runs_of(closed: Sequence[Mark]) -> Iterator[tuple[Mark, ...]]:
    """Consecutive marked buckets, up to 60 at a time."""
    run: list[Mark] = []
    for mark in closed:
        if run and (mark.start != run[-1].end or len(run) == 60):
            yield tuple(run)
            run = []
        run.append(mark)
    if run:
        yield tuple(run)
