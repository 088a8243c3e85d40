"""Failures as cases tell them, in hours and epoch ms. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kernel.times import HOUR, TimeRange
from work.cases.models import Case


class Failure(NamedTuple):
    """`at`: when it began; `down_until`: when its stated downtime ends, now if it lasts, None if none is stated;
    `restored`: None: not yet.
    """

    asset: str
    at: int
    down_until: int | None
    restored: int | None

    @property
    def restoration_h(self) -> float | None:
        """Time to restoration."""
        return None if self.restored is None else (self.restored - self.at) / HOUR


def failure_of(case: Case, now: int) -> Failure | None:
    """Of a case of an asset that had failed, unless it was cancelled. It began with the downtime, else when the case
    was opened, and is restored with the downtime's end, else when the case was done.
    """
    if not case.failure or case.state == "cancelled" or case.asset is None:
        return None
    down, ended = case.downtime, case.ended if case.state == "done" else None
    if down is None:
        return Failure(case.asset.id, case.opened, None, ended)
    return Failure(case.asset.id, down.start, now if down.end is None else down.end, down.end)


def downtime_ms(failures: Iterable[Failure], span: TimeRange) -> int:
    """Within the span; what overlaps at one asset counts once."""
    total = 0
    reached: dict[str, int] = {}
    for failure in sorted(failures, key=lambda each: each.at):
        if failure.down_until is None:
            continue
        start = max(failure.at, span.start, reached.get(failure.asset, span.start))
        end = min(failure.down_until, span.end)
        total += max(0, end - start)
        reached[failure.asset] = max(reached.get(failure.asset, span.start), end)
    return total


def within(failures: Iterable[Failure], span: TimeRange) -> Sequence[Failure]:
    """Those that began in it, in order of time."""
    return sorted((each for each in failures if span.start <= each.at < span.end), key=lambda each: each.at)
