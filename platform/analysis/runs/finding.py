"""Periods in which a condition holds, from the moments at which it changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from historian.rungs.rows import Ints
from kernel.times import TimeRange

Truth = npt.NDArray[np.float64]  # 1: holds, 0: does not, NaN: not known


@dataclass(frozen=True, slots=True)
class Found:
    """`begun`: it held already when the range began. `open`: it still holds at the end. `device`: of runs by events."""

    start: int
    end: int
    begun: bool = False
    open: bool = False
    device: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """From each moment, until the next, whether the condition holds; ascending."""

    t: Ints
    truth: Truth

    @classmethod
    def held(cls, first: Ints, last: Ints, truth: Truth, limit: int | None) -> Steps:
        """Of spans from a sample `first` to a sample `last`, each of which counts until the next or its limit."""
        if limit is None or not len(first):
            return cls(first, truth)
        silent = np.append(first[1:] - last[:-1] > limit, True)
        t = np.concatenate([first, last[silent] + limit])
        order = np.argsort(t, kind="stable")
        return cls(t[order], np.concatenate([truth, np.full(int(silent.sum()), np.nan)])[order])


def periods(steps: Steps, span: TimeRange, end: int) -> list[Found]:
    """Those within the range in which the condition holds without interruption; `end`: the range's, or now."""
    inside = (steps.t > span.start) & (steps.t < end)
    place = int(np.searchsorted(steps.t, span.start, "right")) - 1
    initial = float(steps.truth[place]) if place >= 0 else np.nan
    t = np.concatenate([[span.start], steps.t[inside]])
    holds = np.concatenate([[initial], steps.truth[inside]]) == 1.0
    before, after = np.concatenate([[False], holds]), np.concatenate([holds, [False]])
    starts, stops = np.flatnonzero(after & ~before), np.flatnonzero(before & ~after)
    ends = np.append(t, end)
    return [
        Found(int(t[first]), int(ends[stop]), begun=first == 0, open=stop == len(t))
        for first, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        if ends[stop] > t[first]
    ]


def joined(found: Sequence[Found], max_gap_ms: float) -> list[Found]:
    """With interruptions up to that long as part of them, each device's on its own; `found` ascends by start."""
    whole: list[Found] = []
    newest: dict[str, int] = {}
    for each in found:
        place = newest.get(each.device)
        if place is not None and max_gap_ms > 0 and each.start - whole[place].end <= max_gap_ms:
            later = max(whole[place], each, key=lambda one: (one.end, one.open))
            whole[place] = replace(whole[place], end=later.end, open=later.open)
        else:
            newest[each.device] = len(whole)
            whole.append(each)
    return whole


def long_enough(found: Iterable[Found], min_duration_ms: float) -> list[Found]:
    """Without those that are shorter; what was cut by the range may be longer, and stays."""
    return [each for each in found if each.begun or each.open or each.end - each.start >= min_duration_ms]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that starts or ends a run of a device."""

    t: int
    device: str
    starts: bool


def paired(events: Iterable[Happened], start: int, end: int) -> list[Found]:
    """From each start to the device's next end, or its next start; ascending by start.

    Events before `start` tell what is running then.
    """
    running: dict[str, int] = {}
    found = []

    def ended(since: int, until: int, device: str, open: bool = False) -> None:
        if until > max(since, start):
            found.append(Found(max(since, start), until, begun=since < start, open=open, device=device))

    for event in sorted(events, key=lambda event: (event.t, event.starts)):
        if event.device in running:
            ended(running.pop(event.device), event.t, event.device)
        if event.starts:
            running[event.device] = event.t
    for device, since in running.items():
        ended(since, end, device, open=True)
    return sorted(found, key=lambda each: each.start)
