"""Which alarm follows from which: by what feeds what when it was raised, and by the order of the alarms. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from alarms.lists.feeding import Feeding
from kernel.times import HOUR

MAX_AHEAD_MS = HOUR  # by how much a cause may have been raised before its consequence


class Raised(NamedTuple):
    """An alarm of an asset. `t`: when it was raised, epoch ms."""

    t: int
    key: str
    asset: str


def causes(raised: Sequence[Raised], feeding: Feeding) -> dict[str, str]:
    """By key the alarm that it follows from, of those that do.

    The cause is of the nearest asset upstream that has an alarm raised before, at most an hour; of several the one
    raised first. A cause that follows from another itself passes that one on, so each alarm has the first of its chain.
    """
    ordered = sorted(raised)
    times = [each.t for each in ordered]
    found: dict[str, str] = {}
    for place, alarm in enumerate(ordered):
        first = bisect_left(times, alarm.t - MAX_AHEAD_MS)
        until = bisect_left(times, alarm.t, hi=place + 1)
        if first < until and (cause := _nearest(alarm, ordered[first:until], feeding)) is not None:
            found[alarm.key] = found.get(cause, cause)
    return found


def _nearest(alarm: Raised, earlier: Sequence[Raised], feeding: Feeding) -> str | None:
    graph = feeding.at(alarm.t)
    nearest = graph.nearest_upstream(alarm.asset, graph.bits({each.asset for each in earlier}))
    return next((each.key for each in earlier if graph.is_in(each.asset, nearest)), None) if nearest else None


def consequences(found: dict[str, str]) -> dict[str, int]:
    """By key of how many alarms it is the cause."""
    count: dict[str, int] = defaultdict(int)
    for cause in found.values():
        count[cause] += 1
    return dict(count)
