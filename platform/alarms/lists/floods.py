"""Alarm floods (EEMUA 191, ISA-18.2): more than 10 alarms within 10 minutes, until fewer than 5. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kernel.times import MINUTE

WINDOW_MS = 10 * MINUTE
BEGINS_ABOVE, ENDS_BELOW = 10, 5


class Flood(NamedTuple):
    """`start`: the first alarm of the ten minutes that began it; `end`: when there were fewer than 5, None: not yet."""

    start: int
    end: int | None
    raised: int


def floods(times: Sequence[int], at: int) -> list[Flood]:
    """All up to a moment. `times`: when alarms were raised (epoch ms), in order."""
    found: list[Flood] = []
    begun: int | None = None  # the place of the first alarm of the present flood
    oldest = 0
    for place, t in enumerate(times):
        if t > at:
            times = times[:place]
            break
        if begun is not None and (end := _ended(times, begun, place, t)) is not None:
            found.append(Flood(times[begun], end, place - begun))
            begun = None
        while times[oldest] <= t - WINDOW_MS:
            oldest += 1
        if begun is None and place - oldest + 1 > BEGINS_ABOVE:
            begun = oldest
    if begun is not None:
        found.append(Flood(times[begun], _ended(times, begun, len(times), at), len(times) - begun))
    return found


def current_flood(times: Sequence[int], at: int) -> Flood | None:
    """That which has not ended at the moment."""
    found = floods(times, at)
    return found[-1] if found and found[-1].end is None else None


def _ended(times: Sequence[int], begun: int, place: int, now: int) -> int | None:
    """When fewer than 5 of the alarms before `place` were within ten minutes; None if that is after `now`."""
    if place - begun < ENDS_BELOW:
        return None
    end = times[place - ENDS_BELOW] + WINDOW_MS
    return end if end <= now else None
