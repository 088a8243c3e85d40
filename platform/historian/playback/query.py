"""Playback: the as-of values of many sensors at evenly spaced moments, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.asof.query import as_of
from historian.asof.values import AsOf, stale_after_ms
from historian.playback.affordable import affordable_frames
from historian.playback.data import read_steps
from historian.playback.hidden_changes import STATES, hidden_in_steps
from historian.playback.step_series import NO_STEPS, Moments, StepSeries
from historian.read.ladders import ladders_of
from historian.read.last import site_sizes
from historian.read.sources import sources_of
from historian.rungs.sensors import is_text
from historian.rungs.units import shown_values
from kernel.errors import BadRequest
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import note_read

MAX_FRAMES = 2_000

Column = npt.NDArray[np.float64] | npt.NDArray[np.object_]
Run = tuple[int, int]  # of frames, half-open


@dataclass(frozen=True, slots=True)
class Playback:
    """`t[i]`: frame i's moment (ms); `columns[sensor][i]`: the value then, NaN (for texts None) before the first sample
    and after now.

    `stale` and `bad` have, for the sensors that have any, the runs of frames whose value is too old (after three
    intervals, at most one frame later) or of bad quality. `changed`: runs of frames in which a state came and went
    since the previous frame. `rung`: the coarsest that was read; `complete` is False while late samples are still
    being processed.
    """

    t: Moments
    columns: dict[str, Column]
    rung: str
    complete: bool
    stale: dict[str, list[Run]] = field(default_factory=dict)
    bad: dict[str, list[Run]] = field(default_factory=dict)
    changed: dict[str, list[Run]] = field(default_factory=dict)


def playback(
    tenant: TenantConnection, sensors: Sequence[Sensor], span: TimeRange, frames: int, *, now_ms: int
) -> Playback:
    """Values at `frames` moments from `span.start` to `span.end` inclusive; fewer if they were less than 1 ms apart, or
    if there would be too many samples to read between them."""
    note_read(tenant)
    check_frames(frames)
    ladders = ladders_of(tenant, sensors)
    moments = frame_times(span, affordable_frames(span, frames, sensors, ladders))
    shown = int(np.searchsorted(moments, now_ms, "right"))
    until = int(moments[max(shown - 1, 0)])
    read = read_steps(sources_of(tenant).main, sensors, moments, until, site_sizes(tenant), ladders, now_ms)
    playback = Playback(moments, {}, read.rung.name if read.rung else "raw", read.complete)
    for sensor, first in zip(sensors, as_of(tenant, sensors, span.start, now_ms, ladders), strict=True):
        # How long before the moment a bucket's last sample was is not known.
        fresh = stale_after_ms(sensor) + (read.rungs[sensor.id].ms if sensor.id in read.rungs else 0)
        _add(playback, sensor, first, read.steps.get(sensor.id, NO_STEPS), moments, shown, fresh)
    return playback


def check_frames(frames: int) -> None:
    """Raises BadRequest."""
    if not 2 <= frames <= MAX_FRAMES:
        raise BadRequest(f"frames={frames} is not from 2 to {MAX_FRAMES}.", slug="bad-frames", parameter="frames")


def frame_times(span: TimeRange, frames: int) -> Moments:
    """Evenly spaced, in whole ms, with the last one at the end; the remainder is in the last step."""
    check_frames(frames)
    count = min(frames, span.width + 1)
    moments = span.start + np.arange(count, dtype=np.int64) * max(span.width // max(count - 1, 1), 1)
    moments[-1] = span.end
    return moments


def _add(
    playback: Playback, sensor: Sensor, first: AsOf, steps: StepSeries, moments: Moments, shown: int, fresh_ms: float
) -> None:
    """One sensor's column: the initial value, then each step from its frame on."""
    text = is_text(sensor)
    quality = np.concatenate([[first.q], steps.q])
    times = np.concatenate([[first.t or 0], steps.t])
    frames = np.concatenate([[0], steps.frame])
    holds = np.bincount(frames, minlength=shown)[:shown].cumsum() - 1  # for each frame, the step in effect
    kind = object if text else np.float64
    values = np.concatenate([np.array([first.v], kind), shown_values(sensor, np.asarray(steps.v, kind))])
    column = np.full(len(moments), None if text else np.nan, values.dtype)
    column[:shown] = values[holds]
    playback.columns[sensor.id] = column
    known = (holds > 0) | (first.v is not None)
    ages = moments[:shown] - times[holds]
    if runs := _runs(known & (ages > fresh_ms)):
        playback.stale[sensor.id] = runs
    bad = quality == BAD
    if bad.any() and (runs := _runs(known & bad[holds])):
        playback.bad[sensor.id] = runs
    if sensor.kind in STATES:
        hidden = np.zeros(shown, bool)
        hidden[[frame for frame in hidden_in_steps(steps, first.v).tolist() if frame < shown]] = True
        if runs := _runs(hidden):
            playback.changed[sensor.id] = runs


def _runs(flags: npt.NDArray[np.bool_]) -> list[Run]:
    """Runs in which `flags` is true."""
    if not flags.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
