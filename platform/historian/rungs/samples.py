"""Samples as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kernel.samples import BAD
from stores.timeseries.statements import NS_PER_MS

Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Raw:
    """Stored samples, ascending: `t` int64 ns, `v` float64 (text: str objects), `q` uint8."""

    t: npt.NDArray[np.int64]
    v: Values
    q: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t)

    @property
    def t_ms(self) -> npt.NDArray[np.int64]:
        """Times rounded down to the ms, before 1970 too."""
        return self.t // NS_PER_MS

    def usable(self) -> Raw:
        """Without the samples of bad quality."""
        keep = self.q < BAD
        return self if keep.all() else Raw(self.t[keep], self.v[keep], self.q[keep])


def joined_raw(parts: Sequence[Raw]) -> Raw:
    """Samples of ranges that follow one another; at least one."""
    return Raw(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("t", "v", "q")))


NO_NUMBERS = Raw(np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.uint8))
NO_TEXTS = Raw(np.zeros(0, np.int64), np.zeros(0, object), np.zeros(0, np.uint8))
