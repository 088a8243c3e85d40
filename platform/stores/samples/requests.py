"""Requests to a source of samples. Each request has the type of its answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from stores.samples.columns import Raw, RowColumns
from stores.samples.window import Window

T_co = TypeVar("T_co", covariant=True)
MIN_SENSORS_FOR_SITE = 100  # from which reading the whole site may be cheaper than listing them
Filled = Literal["usable", "any"]


class Sample(NamedTuple):
    """One sample: its time in ns, its value, its quality."""

    t: int
    v: float | str
    q: int


class Part(NamedTuple):
    """The samples of one sensor within a range. `resume`: if there are more than its limit, the time (ns) of the last
    one scanned, from which to continue; None: these are all.
    """

    samples: Raw
    resume: int | None


class Request(Generic[T_co]):
    """A request whose answer has the type T_co."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SampleRange(Request[dict[str, Part]]):
    """Samples of one site's sensors within a window, by sensor; sensors without samples have no part.

    `text`: whether the sensors have texts. At most `limit` per sensor: the earliest, or with `newest` the latest, still
    ascending (parts then do not say whether there are more). `usable`: without samples of bad quality.
    """

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    limit: int | None = None
    newest: bool = False
    usable: bool = False


class Last(NamedTuple):
    """The last sample of each sensor that has one. `skipped`: sensors with more samples than expected."""

    samples: dict[str, Sample]
    skipped: frozenset[str]


@dataclass(frozen=True, slots=True)
class LastSamples(Request[Last]):
    """The last sample of each of one site's sensors within a window.

    `few`: at most so many samples per sensor are expected in the window, so reading all is cheaper than finding the
    last one; sensors with more are skipped. `site_size`: number of sensors of the site; 0: unknown.
    """

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    few: int | None = None
    site_size: int = 0


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of equal width (ms) that start `offset_ms` after its multiples."""

    width_ms: int
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class LastOfWindows(Request[dict[str, Raw]]):
    """The last sample in each non-empty window, by sensor. `t`: the start of the window."""

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    windows: Windows
    site_size: int = 0


class LowHigh(NamedTuple):
    """For each window: its start (ns), minimum and maximum."""

    start: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extremes(Request[dict[str, LowHigh]]):
    """The minimum and maximum of usable numbers in each non-empty window, by sensor."""

    site: str
    sensors: Sequence[str]
    window: Window
    windows: Windows


@dataclass(frozen=True, slots=True)
class Count(Request[list[tuple[int, int]]]):
    """The number of a sensor's samples: start (ms) and count of each non-empty window, ascending.

    Without `windows`, of the whole range: at most one pair.
    """

    site: str
    text: bool
    sensor: str
    window: Window
    windows: Windows | None = None


@dataclass(frozen=True, slots=True)
class HasMore(Request[bool]):
    """Whether a sensor has more than a number of samples within a window."""

    site: str
    text: bool
    sensor: str
    window: Window
    than: int


@dataclass(frozen=True, slots=True)
class Extent(Request[dict[str, tuple[int, int]]]):
    """The times (ns) of the first and last sample of each sensor that has any."""

    site: str
    sensors: Sequence[str]


@dataclass(frozen=True, slots=True)
class RowRange(Request[dict[str, RowColumns]]):
    """Rows of a rung whose buckets start within a window, by sensor; sensors without rows are left out.

    `filled`: only rows with usable samples, or with any. `last`: only the last row. `texts`: those of the columns that
    have texts, not numbers.
    """

    site: str
    rung: str
    sensors: Sequence[str]
    window: Window
    columns: Sequence[str]
    filled: Filled | None = None
    last: bool = False
    texts: Collection[str] = ()

    @property
    def text_places(self) -> frozenset[int]:
        return frozenset(place for place, name in enumerate(self.columns) if name in self.texts)


@dataclass(frozen=True, slots=True)
class LastRows(Request[dict[str, list[Any]]]):
    """The last row of each sensor within a window: its start (ns) and the columns, the first of which is never None."""

    site: str
    rung: str
    sensors: Sequence[str]
    window: Window
    columns: Sequence[str]
    filled: Filled
    site_size: int = 0


@dataclass(frozen=True, slots=True)
class RowExtent(Request[dict[str, tuple[int, int]]]):
    """The starts (ns) of the first and last row of a rung, for each sensor that has any."""

    site: str
    rung: str
    sensors: Sequence[str]
