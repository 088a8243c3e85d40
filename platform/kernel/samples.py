"""Samples of one sensor as columns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

GOOD, UNCERTAIN, BAD = 0, 1, 2


@dataclass(slots=True)
class Samples:
    """`t` int64[n] in ms, ascending; `v` float64[n], or a list of n strings for a text sensor; `q` uint8[n]."""

    t: npt.NDArray[np.int64]
    v: npt.NDArray[np.float64] | list[str]
    q: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def __len__(self) -> int:
        return len(self.t)
