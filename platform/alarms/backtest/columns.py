"""Samples of a rule's inputs, and the moments at which a condition changes. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.samples import BAD
from kernel.times import NS_PER_MS
from stores.samples import Raw

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """Samples, ascending, at most one in a millisecond: `t` in ms, `v` float64 or str objects, `q` uint8."""

    t: Ints
    v: npt.NDArray[Any]
    q: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t)

    @classmethod
    def of(cls, raw: Raw) -> Column:
        """Of several samples in one millisecond the first counts, as it does where they arrive one by one."""
        t = raw.t // NS_PER_MS
        first = run_starts(t)
        return cls(t[first], raw.v[first], raw.q[first])

    @classmethod
    def empty(cls) -> Column:
        return cls(np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.uint8))

    def usable(self) -> Column:
        """Numbers that say something of the value."""
        if self.v.dtype == object:
            return Column.empty()
        keep = (self.q < BAD) & (self.v == self.v)
        return self if keep.all() else self.take(keep)

    def take(self, chosen: npt.NDArray[Any]) -> Column:
        return Column(self.t[chosen], self.v[chosen], self.q[chosen])

    def held(self, moments: Ints) -> npt.NDArray[np.float64]:
        """The last value at or before each moment; NaN before the first."""
        if not len(self.t):
            return np.full(len(moments), np.nan)
        place = np.searchsorted(self.t, moments, "right") - 1
        return np.where(place >= 0, self.v[np.maximum(place, 0)], np.nan)


@dataclass(frozen=True, slots=True)
class Steps:
    """From each moment, until the next, whether a condition is met, and what it would show; before the first it is not.

    Moments ascend strictly. `value` and `against` are those of the condition's memory then, or None.
    """

    t: Ints
    met: Flags
    value: Sequence[float | str | None]
    against: Sequence[float | None]

    @classmethod
    def none(cls) -> Steps:
        return cls(np.zeros(0, np.int64), np.zeros(0, bool), (), ())

    @classmethod
    def of_flags(cls, t: Ints, met: Flags) -> Steps:
        """Where it changes only, without values."""
        changed = changes(met)
        count = int(changed.sum())
        return cls(t[changed], met[changed], (None,) * count, (None,) * count)


def merged_times(*times: Ints) -> Ints:
    """All moments, each once, of arrays that ascend: faster than `np.unique`, which does not know that they do."""
    t = np.sort(np.concatenate(times), kind="stable")
    return np.asarray(t[run_starts(t)], np.int64)


def run_starts(values: npt.NDArray[Any]) -> Flags:
    """Where a value differs from the one before; the first one does."""
    starts = np.ones(len(values), bool)
    starts[1:] = values[1:] != values[:-1]
    return starts


def changes(met: Flags) -> Flags:
    """Where a state differs from the one before; the first one from False."""
    return np.diff(met, prepend=False) if len(met) else np.zeros(0, bool)


def latched(up: Flags, down: Flags) -> Flags:
    """A state that is set where `up` and reset where `down`, which exclude one another, and stays otherwise."""
    code = np.where(up, 1, np.where(down, 0, -1)).astype(np.int8)
    place = np.where(code >= 0, np.arange(len(code)), -1)
    place = np.maximum.accumulate(place) if len(place) else place
    return np.where(place >= 0, code[np.maximum(place, 0)] == 1, False)
