"""The samples of a sensor that determine its values at a series of moments."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.times import TimeRange
from stores.samples import Raw

Moments = npt.NDArray[np.int64]

Values = Sequence[float | str] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class StepSeries:
    """A sensor's samples within the range, ascending: `v[i]` is the value from frame `frame[i]` on.

    `t`: when it was measured (ms), or the frame's moment if only the frame is known. `hidden`: frames within which a
    state came and went that is not among these samples.
    """

    frame: npt.NDArray[np.int64]
    t: npt.NDArray[np.int64]
    v: Values
    q: npt.NDArray[np.int64]
    hidden: npt.NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))


NO_STEPS = StepSeries(np.zeros(0, np.int64), np.zeros(0, np.int64), (), np.zeros(0, np.int64))


def as_list(values: Values) -> Sequence[float | str]:
    """Values as Python objects."""
    return values.tolist() if isinstance(values, np.ndarray) else values


def joined_values(parts: Sequence[Values]) -> Values:
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts)
    return [value for part in parts for value in as_list(part)]


def steps_of_samples(raw: Raw, moments: Moments) -> StepSeries:
    return StepSeries(np.searchsorted(moments, raw.t_ms), raw.t_ms, raw.v, raw.q.astype(np.int64))


def merge_samples(steps: StepSeries, raw: Raw, moments: Moments) -> StepSeries:
    """`steps` merged with samples, which win at equal times."""
    more = steps_of_samples(raw, moments)
    t = np.concatenate([steps.t, more.t])
    order = np.argsort(t, kind="stable")
    values = joined_values([steps.v, more.v])
    frame, q = np.concatenate([steps.frame, more.frame]), np.concatenate([steps.q, more.q])
    ordered = values[order] if isinstance(values, np.ndarray) else [values[place] for place in order.tolist()]
    return StepSeries(frame[order], t[order], ordered, q[order])


def replace_steps(steps: StepSeries, others: StepSeries, span: TimeRange) -> StepSeries:
    """`steps`, replaced by `others` within `span`."""
    start, stop = np.searchsorted(steps.t, [span.start, span.end]).tolist()
    values = joined_values([steps.v[:start], others.v, steps.v[stop:]])
    frame, t, q = (
        np.concatenate([getattr(steps, name)[:start], getattr(others, name), getattr(steps, name)[stop:]])
        for name in ("frame", "t", "q")
    )
    return StepSeries(frame, t, values, q)
