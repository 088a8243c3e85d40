"""Figures of EEMUA 191 and ISA-18.2 from occurrences. Pure; times in ms."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from alarms.backtest.models import SHORT_MS
from alarms.lists.floods import BEGINS_ABOVE, WINDOW_MS, floods
from alarms.performance.models import AcknowledgementTimes, AlarmPeak, AlarmPeriod, Pattern
from alarms.performance.occurrences import Occurrence
from kernel.periods import By, bounds_of
from kernel.times import DAY, MINUTE, TimeRange

CHATTER_COUNT, CHATTER_MS = 3, MINUTE  # ISA-18.2: three or more within a minute
MIN_FLEETING = 5  # occurrences, of which more than half are short
FREQUENT_PER_DAY = 10
MAX_BAD_ACTORS = 50
MAX_BUCKETS = 200


def peak(times: Sequence[int]) -> AlarmPeak | None:
    """The ten minutes with the most alarms, and of these the first. `times` in order."""
    best, start, first = 0, 0, 0
    for place, t in enumerate(times):
        while times[first] <= t - WINDOW_MS:
            first += 1
        if place - first + 1 > best:
            best, start = place - first + 1, times[first]
    return AlarmPeak(t=start, count=best) if times else None


def share_over(times: Sequence[int], start: int, end: int, operators: int) -> float:
    """Of the ten-minute periods those with more than 10 alarms per operator."""
    counts: dict[int, int] = defaultdict(int)
    for t in times:
        counts[(t - start) // WINDOW_MS] += 1
    periods = max(1, -(-(end - start) // WINDOW_MS))
    return sum(count > BEGINS_ABOVE * operators for count in counts.values()) / periods


def flood_share(times: Sequence[int], start: int, end: int) -> tuple[float, int]:
    """The share of the time in flood, and how many floods there were."""
    found = floods(times, end)
    inside = sum(min(end, end if each.end is None else each.end) - each.start for each in found)
    return (inside / (end - start) if end > start else 0.0), len(found)


def by_calendar(times: Sequence[int], range: TimeRange, operators: int, by: By, zone: ZoneInfo) -> list[AlarmPeriod]:
    """Of each period that the range touches, as far as it does. `times` in order. Raises BadRequest: too many."""
    bounds = bounds_of(range, by, zone).tolist()
    in_flood = [(each.start, range.end if each.end is None else each.end) for each in floods(times, range.end)]
    found: list[AlarmPeriod] = []
    for start, end in pairwise([max(range.start, bounds[0]), *bounds[1:-1], min(range.end, bounds[-1])]):
        own = times[bisect_left(times, start) : bisect_left(times, end)]
        inside = sum(max(0, min(end, until) - max(start, since)) for since, until in in_flood)
        found.append(
            AlarmPeriod(
                start=start,
                end=end,
                raised=len(own),
                per_10_min=len(own) / ((end - start) / WINDOW_MS) / operators,
                peak=peak(own),
                over_10=share_over(own, start, end, operators),
                flood_share=inside / (end - start),
            )
        )
    return found


def by_priority(found: Sequence[Occurrence]) -> list[int]:
    counts = [0, 0, 0, 0]
    for each in found:
        counts[each.priority - 1] += 1
    return counts


def bucketed(times: Sequence[int], start: int, end: int) -> tuple[int, list[int]]:
    """The width of a bucket, whole ten minutes, and how many alarms each has."""
    width = WINDOW_MS * max(1, -(-(end - start) // (WINDOW_MS * MAX_BUCKETS)))
    counts = [0] * max(1, -(-(end - start) // width))
    for t in times:
        counts[(t - start) // width] += 1
    return width, counts


def acknowledgement(found: Sequence[Occurrence]) -> AcknowledgementTimes:
    waits = sorted((each.acknowledged - each.raised) / 1000 for each in found if each.acknowledged is not None)
    return AcknowledgementTimes(
        acknowledged=len(waits),
        never=len(found) - len(waits),
        median_s=median(waits) if waits else None,
        p90_s=waits[min(len(waits) - 1, int(0.9 * len(waits)))] if waits else None,
    )


def grouped(found: Sequence[Occurrence]) -> dict[str, list[Occurrence]]:
    """By key, those that were raised most often first."""
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for each in found:
        groups[each.key].append(each)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def patterns(own: Sequence[Occurrence], days: float) -> list[Pattern]:
    """What is bad about one alarm's occurrences, in the order in which they were raised."""
    found: list[Pattern] = []
    times = [each.raised for each in own]
    behind = zip(times[CHATTER_COUNT - 1 :], times, strict=False)
    if any(later - earlier <= CHATTER_MS for later, earlier in behind):
        found.append("chattering")
    if len(own) >= MIN_FLEETING and 2 * shorter(own, SHORT_MS) > len(own):
        found.append("fleeting")
    if len(own) >= FREQUENT_PER_DAY * max(days, 1.0):
        found.append("frequent")
    return found


def shorter(own: Sequence[Occurrence], than_ms: int) -> int:
    return sum(each.duration is not None and each.duration < than_ms for each in own)


def median_s(own: Sequence[Occurrence]) -> float | None:
    durations = [each.duration / 1000 for each in own if each.duration is not None]
    return median(durations) if durations else None


def days_of(start: int, end: int) -> float:
    return (end - start) / DAY
