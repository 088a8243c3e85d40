"""Samples of one sensor as columns, in every field that InfluxDB keeps. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

NO_QUALITY = 255  # of a point that was written without one
Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Samples:
    """`t` in ns. A value of NaN, a text of None and a quality of 255 are absent; a time with neither value nor text has
    no sample.
    """

    t: Times
    value: npt.NDArray[np.float64]
    text: npt.NDArray[np.object_]
    quality: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t)

    @classmethod
    def absent(cls, t: Times) -> Samples:
        return cls(t, np.full(len(t), np.nan), np.full(len(t), None, object), np.full(len(t), NO_QUALITY, np.uint8))

    @classmethod
    def of(cls, t: Times, v: Any, quality: Any) -> Samples:
        """From numbers or a list of texts, as importers pass them."""
        samples = cls.absent(t)
        if isinstance(v, list):
            samples.text[:] = v
        else:
            samples.value[:] = v
        samples.quality[:] = 0 if quality is None else quality
        return samples

    @property
    def there(self) -> Flags:
        found: Flags = ~np.isnan(self.value) | self.has_text
        return found

    @property
    def has_text(self) -> Flags:
        return np.array([text is not None for text in self.text.tolist()], np.bool_)

    def take(self, rows: Any) -> Samples:
        return Samples(self.t[rows], self.value[rows], self.text[rows], self.quality[rows])

    def with_times(self, t: Times) -> Samples:
        return Samples(t, self.value, self.text, self.quality)

    def at(self, t: Times) -> Samples:
        """One row for each of these times, absent if there is no sample. Both ascend strictly."""
        found = Samples.absent(t)
        if len(self.t):
            place = np.minimum(np.searchsorted(self.t, t), len(self.t) - 1)
            hit = np.flatnonzero(self.t[place] == t)
            for mine, its in ((found.value, self.value), (found.text, self.text), (found.quality, self.quality)):
                mine[hit] = its[place[hit]]
        return found

    def last_of_each_time(self) -> Samples:
        """Ascending; of samples with equal times the last wins."""
        order = np.argsort(self.t, kind="stable")
        t = self.t[order]
        return self.take(order[np.append(t[1:] != t[:-1], True)] if len(t) else order)


def joined(parts: list[Samples]) -> Samples:
    if len(parts) == 1:
        return parts[0]
    names = ("t", "value", "text", "quality")
    return Samples(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def same(a: Samples, b: Samples) -> Flags:
    """Row by row, whether both are the same sample, or both absent."""
    values = (a.value == b.value) | (np.isnan(a.value) & np.isnan(b.value))
    texts = np.asarray(a.text == b.text, np.bool_)
    equal: Flags = (values & texts & (a.quality == b.quality)) | (~a.there & ~b.there)
    return equal


def overlay(below: Samples, above: Samples) -> Samples:
    """What InfluxDB holds after `above` is written over `below`: a field that is not written stays."""
    return Samples(
        above.t,
        np.where(np.isnan(above.value), below.value, above.value),
        np.where(above.has_text, above.text, below.text),
        np.where(above.quality == NO_QUALITY, below.quality, above.quality),
    )


def loses_a_field(old: Samples, new: Samples) -> Flags:
    """Rows present in both that a write alone cannot bring from `old` to `new`."""
    value = ~np.isnan(old.value) & np.isnan(new.value)
    quality = (old.quality != NO_QUALITY) & (new.quality == NO_QUALITY)
    lost: Flags = old.there & new.there & (value | (old.has_text & ~new.has_text) | quality)
    return lost
