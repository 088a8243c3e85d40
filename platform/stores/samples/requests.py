"""What a source of samples can be asked for. Each request names the type of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from stores.samples.columns import Raw
from stores.samples.window import Window

T_co = TypeVar("T_co", covariant=True)
MIN_SENSORS_FOR_SITE = 100  # from which on reading the whole site may be cheaper than naming them
Filled = Literal["usable", "any"]


class Sample(NamedTuple):
    """One sample: its time in ns, its value, its quality."""

    t: int
    v: float | str
    q: int


class Part(NamedTuple):
    """The samples of one sensor within a range. `resume`: where there are more than its limit, the time (ns) of the
    last one that was looked at, from which to go on; None: these are all.
    """

    samples: Raw
    resume: int | None


class Request(Generic[T_co]):
    """A question whose answer has the type T_co."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SampleRange(Request[dict[str, Part]]):
    """Samples of sensors of one site within a window, by sensor; of those that have none there is no part.

    `text`: whether the sensors hold texts. At most `limit` of each sensor, the earliest, or with `newest` the latest,
    still ascending (and then no part tells whether there are more). `usable`: without those of bad quality.
    """

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    limit: int | None = None
    newest: bool = False
    usable: bool = False


class Last(NamedTuple):
    """The last sample of each sensor that has one. `skipped`: sensors with more samples than was expected."""

    samples: dict[str, Sample]
    skipped: frozenset[str]


@dataclass(frozen=True, slots=True)
class LastSamples(Request[Last]):
    """The last sample within a window of each of the sensors of one site.

    `few`: so many samples of a sensor are expected in the window at most, so that reading all of them costs less than
    to look for the last one; sensors that have more are skipped. `site_size`: how many sensors the site has; 0:
    nobody counted them.
    """

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    few: int | None = None
    site_size: int = 0


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of equal width, in ms, that begin at `offset_ms` past multiples of it."""

    width_ms: int
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class LastOfWindows(Request[dict[str, Raw]]):
    """The last sample within each of the windows that has any, by sensor. `t` is the start of the window."""

    site: str
    text: bool
    sensors: Sequence[str]
    window: Window
    windows: Windows
    site_size: int = 0


class LowHigh(NamedTuple):
    """By window: its start (ns), the smallest and the largest value."""

    start: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extremes(Request[dict[str, LowHigh]]):
    """The smallest and the largest usable number within each of the windows that has any, by sensor."""

    site: str
    sensors: Sequence[str]
    window: Window
    windows: Windows


@dataclass(frozen=True, slots=True)
class Count(Request[list[tuple[int, int]]]):
    """How many samples a sensor has, by window: start (ms) and number of each that has any, ascending.

    Without `windows` of the whole range: one pair at most.
    """

    site: str
    text: bool
    sensor: str
    window: Window
    windows: Windows | None = None


@dataclass(frozen=True, slots=True)
class HasMore(Request[bool]):
    """Whether a sensor has more than so many samples within a window."""

    site: str
    text: bool
    sensor: str
    window: Window
    than: int


@dataclass(frozen=True, slots=True)
class Extent(Request[dict[str, tuple[int, int]]]):
    """The times (ns) of the first and the last sample of each sensor that has any."""

    site: str
    sensors: Sequence[str]


@dataclass(frozen=True, slots=True)
class RowRange(Request[dict[str, list[list[Any]]]]):
    """Rows of a rung whose buckets begin within a window, by sensor: the start (ns) and the columns asked for.

    A column that a row lacks is None. `filled`: only rows with usable samples, or with any. `last`: only the last one.
    """

    site: str
    rung: str
    sensors: Sequence[str]
    window: Window
    columns: Sequence[str]
    filled: Filled | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class LastRows(Request[dict[str, list[Any]]]):
    """The last row of each sensor within a window: its start (ns) and the columns, of which the first is never None."""

    site: str
    rung: str
    sensors: Sequence[str]
    window: Window
    columns: Sequence[str]
    filled: Filled
    site_size: int = 0


@dataclass(frozen=True, slots=True)
class RowExtent(Request[dict[str, tuple[int, int]]]):
    """The starts (ns) of the first and the last row of a rung, of each sensor that has any."""

    site: str
    rung: str
    sensors: Sequence[str]
