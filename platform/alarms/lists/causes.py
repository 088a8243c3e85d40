"""Which alarm follows from which: by what feeds what when it was raised, and by the order of the alarms. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

from alarms.lists.feeding import Feeding, places
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
    ordered = [(place, each) for each in sorted(raised) if (place := feeding.place(each.asset)) is not None]
    found: dict[str, str] = {}
    window = _Window()
    first = until = 0
    for place, alarm in ordered:
        while ordered[until][1].t < alarm.t:
            window.add(*ordered[until])
            until += 1
        while first < until and ordered[first][1].t < alarm.t - MAX_AHEAD_MS:
            window.remove_first(ordered[first][0])
            first += 1
        nearest = feeding.nearest_upstream(place, window.assets, alarm.t) if window.assets else 0
        if nearest:
            cause = window.first_of(nearest)
            found[alarm.key] = found.get(cause, cause)
    return found


class _Window:
    """The alarms of the last hour by the places of their assets, of which `assets` are the bits."""

    def __init__(self) -> None:
        self.assets = 0
        self._alarms: dict[int, deque[Raised]] = defaultdict(deque)

    def add(self, place: int, alarm: Raised) -> None:
        self._alarms[place].append(alarm)
        self.assets |= 1 << place

    def remove_first(self, place: int) -> None:
        alarms = self._alarms[place]
        alarms.popleft()
        if not alarms:
            self.assets ^= 1 << place

    def first_of(self, assets: int) -> str:
        return min(self._alarms[place][0] for place in places(assets)).key


def consequences(found: dict[str, str]) -> dict[str, int]:
    """By key of how many alarms it is the cause."""
    count: dict[str, int] = defaultdict(int)
    for cause in found.values():
        count[cause] += 1
    return dict(count)
