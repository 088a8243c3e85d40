"""Step series from raw samples: from every sample, or from the last one before each moment."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.playback.step_series import Moments, StepSeries, as_list
from historian.read.last import SiteSize, by_site, size_if_many
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import (
    Extremes,
    LastOfWindows,
    LastSamples,
    LowHigh,
    Raw,
    Sample,
    SampleRange,
    SampleSource,
    Window,
    Windows,
    joined_raw,
)

MAX_SAMPLES = 1_000_000  # of all sensors together


def by_samples(
    source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, limit: int
) -> dict[str, StepSeries] | None:
    """Use every sample. None if a sensor has `limit` or more, or all together too many: windows are cheaper then."""
    parts: dict[str, list[Raw]] = defaultdict(list)
    counts: Counter[str] = Counter()
    total = 0
    for (site, text), ids in by_site(sensors).items():
        for sensor, raw in source.stream(SampleRange(site, text, ids, Window.of(span))):
            parts[sensor].append(raw)
            counts[sensor] += len(raw)
            total += len(raw)
            if counts[sensor] >= limit or total > MAX_SAMPLES:
                return None
    return {sensor: _steps_of(joined_raw(some), moments) for sensor, some in parts.items()}


def _steps_of(raw: Raw, moments: Moments) -> StepSeries:
    return StepSeries(np.searchsorted(moments, raw.t_ms), raw.t_ms, raw.v, raw.q.astype(np.int64))


def last_by_frame(parts: Iterable[Raw], moments: Moments) -> Raw:
    """Reduce samples to the last one before each moment, and the first two changes since the previous moment.

    Others do not matter: the last one determines the value, and two changes show that a state came and went.
    """
    kept: list[Raw] = []
    for raw in parts:
        frames = np.searchsorted(moments, raw.t_ms)
        last = np.flatnonzero(np.diff(frames, append=len(moments) + 1))
        changes = np.flatnonzero(raw.v[1:] != raw.v[:-1]) + 1
        of_frame = frames[changes]
        first_two = np.ones(len(changes), bool)
        first_two[2:] = of_frame[2:] != of_frame[:-2]
        chosen = np.union1d(last, changes[first_two])
        kept.append(Raw(raw.t[chosen], raw.v[chosen], raw.q[chosen]))
    return joined_raw(kept)


def by_windows(
    source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, site_size: SiteSize
) -> dict[str, StepSeries]:
    """Use the last sample between any two moments. The final window may be longer; InfluxDB may truncate it."""
    width = int(moments[1] - moments[0]) if len(moments) > 1 else 1
    windows = Windows(width, span.start % width)

    def frames_of(starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        frames = (starts // NS_PER_MS - span.start) // width + 1
        return np.minimum(frames, len(moments) - 1)

    steps = {}
    requests = [
        LastOfWindows(site, text, ids, Window.of(span), windows, size_if_many(site, ids, site_size))
        for (site, text), ids in by_site(sensors).items()
    ]
    for id, last in (pair for found in source.read(requests) for pair in found.items()):
        frames = frames_of(last.t)
        steps[id] = StepSeries(frames, moments[frames], last.v, last.q.astype(np.int64))
    states = [sensor for sensor in sensors if sensor.kind == "discrete" and sensor.id in steps]
    for id, found in _extremes(source, states, span, windows):
        extremes = dict(
            zip(frames_of(found.start).tolist(), zip(found.low.tolist(), found.high.tolist(), strict=True), strict=True)
        )
        steps[id] = dataclasses.replace(steps[id], hidden=_passed(steps[id], extremes))
    return steps


def by_moments(
    source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, site_size: SiteSize
) -> dict[str, StepSeries]:
    """Use the last sample between any two moments, each looked up on its own, however many there are between them.

    States that came and went between two moments are not found.
    """
    ends = [int(moment) + 1 for moment in moments[1:] if moment < span.end]
    windows = [TimeRange(start, end) for start, end in pairwise([span.start, *ends])]
    groups = by_site(sensors).items()
    requests = [
        LastSamples(site, text, ids, Window.of(window), site_size=size_if_many(site, ids, site_size))
        for window in windows
        for (site, text), ids in groups
    ]
    frames = [frame for frame in range(1, len(windows) + 1) for _ in groups]
    found: dict[str, list[tuple[int, Sample]]] = defaultdict(list)
    for frame, last in zip(frames, source.read(requests), strict=True):
        for id, sample in last.samples.items():
            found[id].append((frame, sample))
    return {id: _steps_at(some) for id, some in found.items()}


def _steps_at(found: Sequence[tuple[int, Sample]]) -> StepSeries:
    values = [sample.v for _, sample in found]
    return StepSeries(
        np.array([frame for frame, _ in found], np.int64),
        np.array([sample.t // NS_PER_MS for _, sample in found], np.int64),
        np.array(values, object if isinstance(values[0], str) else np.float64),
        np.array([sample.q for _, sample in found], np.int64),
    )


def _extremes(
    source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, windows: Windows
) -> Iterator[tuple[str, LowHigh]]:
    """The smallest and largest state of each window, which reveal a state that came and went."""
    requests = [Extremes(site, ids, Window.of(span), windows) for (site, _), ids in by_site(sensors).items()]
    for found in source.read(requests) if requests else []:
        yield from found.items()


def _passed(steps: StepSeries, extremes: Mapping[int, tuple[float, float]]) -> npt.NDArray[np.int64]:
    """The frames whose smallest or largest state is neither that at the frame's moment nor that at the previous one."""
    before, found = None, []
    for frame, value in zip(steps.frame.tolist(), as_list(steps.v), strict=True):
        if before is not None and set(extremes.get(frame, ())) - {before, value}:
            found.append(frame)
        before = value
    return np.array(found, np.int64)
