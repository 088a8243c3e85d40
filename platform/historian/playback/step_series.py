"""A sensor's samples that matter to a series of moments."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Moments = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StepSeries:
    """A sensor's samples within the range, ascending: `v[i]` holds from frame `frame[i]` on.

    `t` is when it was measured (ms), or the moment of that frame where only the frame is known. `hidden`: frames within
    which a state came and went that is none of these samples.
    """

    frame: npt.NDArray[np.int64]
    t: npt.NDArray[np.int64]
    v: Sequence[float | str] | npt.NDArray[Any]
    q: npt.NDArray[np.int64]
    hidden: npt.NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))


NO_STEPS = StepSeries(np.zeros(0, np.int64), np.zeros(0, np.int64), (), np.zeros(0, np.int64))


def listed(values: Sequence[float | str] | npt.NDArray[Any]) -> Sequence[float | str]:
    """Values as Python's own."""
    return values.tolist() if isinstance(values, np.ndarray) else values
