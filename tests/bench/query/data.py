"""The measured plant: its sensors and their samples, the same in every run."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange

END = 1_767_225_600_000  # 2026-01-01T00:00Z; no sample is newer
PLAYED = 300  # sensors on the schematic that is played back
Shape = Literal["smooth", "noisy", "spiky", "stepped", "states"]
SHAPES: tuple[Shape, ...] = ("smooth", "noisy", "spiky", "stepped")
Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Levels = Callable[[int], Values]


@dataclass(frozen=True)
class Series:
    """One sensor's samples: evenly spaced, the last one just before END."""

    tag: str
    site: str
    shape: Shape
    interval: int  # ms
    count: int

    @cached_property
    def t(self) -> Times:
        return END - self.interval * np.arange(self.count, 0, -1, dtype=np.int64)

    @cached_property
    def v(self) -> Values:
        """Round to two decimals, as an instrument does."""
        chance = np.random.default_rng(zlib.crc32(self.tag.encode()))
        return np.round(_MAKERS[self.shape](chance, self.t, self.interval), 2)

    @property
    def span(self) -> TimeRange:
        return TimeRange(END - self.count * self.interval, END)

    @property
    def longest(self) -> int:
        """Width of the longest range requested; a little room is left for random ends."""
        return self.count * self.interval * 1000 // 1001

    def within(self, span: TimeRange) -> tuple[Times, Values]:
        some = slice(*np.searchsorted(self.t, [span.start, span.end]))
        return self.t[some], self.v[some]

    def spans(self, width: int) -> Iterator[TimeRange]:
        """Ranges of that width with random ends, the same on every call."""
        chance = np.random.default_rng(width)
        room = self.span.width - width
        while True:
            end = END - int(chance.integers(0, room))
            yield TimeRange(end - width, end)


@dataclass(frozen=True, slots=True)
class Plant:
    history: list[Series]  # three years of minutes
    decade: Series  # ten years of minutes
    seconds: Series  # sixty days of seconds
    fleet: list[Series]  # two weeks of minutes, a tenth of them states

    @property
    def sensors(self) -> list[Series]:
        return [*self.history, self.decade, self.seconds, *self.fleet]

    @property
    def noisy(self) -> Series:
        """The one of three years that is compared with others'."""
        return next(series for series in self.history if series.shape == "noisy")

    @property
    def compared(self) -> list[Series]:
        return [self.noisy, self.decade, self.seconds]


def plant(scale: float) -> Plant:
    """The whole one, or with its ranges shortened."""

    def make(tag: str, site: str, shape: Shape, interval: int, days: float) -> Series:
        return Series(tag, site, shape, interval, int(days * DAY * scale * 1.001) // interval)

    return Plant(
        [make(f"HT-{k:02}", "history", SHAPES[k % 4], MINUTE, 3 * 365) for k in range(20)],
        make("HT-decade", "history", "noisy", MINUTE, 3650),
        make("VT-seconds", "vibration", "noisy", SECOND, 60),
        [make(f"FT-{k:03}", "fleet", "states" if k % 10 == 9 else SHAPES[k % 4], MINUTE, 14) for k in range(500)],
    )


def _daily(t: Times, hours: float = 0.0) -> Values:
    wave: Values = np.sin(2 * np.pi * (t - hours * HOUR) / DAY)
    return wave


def _smooth(chance: np.random.Generator, t: Times, interval: int) -> Values:
    """The day and the year, as of outdoor air."""
    year: Values = np.sin(2 * np.pi * t / (365 * DAY))
    return 18 + 6 * _daily(t, chance.uniform(0, 24)) + 9 * year + 2 * _daily(t // 3)


def _noisy(chance: np.random.Generator, t: Times, interval: int) -> Values:
    """A controlled flow: a mean-reverting walk, a daily cycle, and instrument noise."""
    walk = np.cumsum(chance.normal(0, 0.02 * (interval / MINUTE) ** 0.5, len(t)))
    pull = np.interp(t, t[:: max(len(t) // 200, 1)], walk[:: max(len(t) // 200, 1)])
    return 60 + 4 * _daily(t, 6) + walk - 0.9 * pull + chance.normal(0, 0.4, len(t))


def _spiky(chance: np.random.Generator, t: Times, interval: int) -> Values:
    """A calm pressure with a surge now and then, one sample wide."""
    surge = np.where(chance.random(len(t)) < 1 / 3000, chance.exponential(6, len(t)), 0.0)
    surge *= chance.choice([1, 1, 1, -0.4], len(t))
    return 12 + 0.5 * _daily(t) + chance.normal(0, 0.03, len(t)) + surge


def _stepped(chance: np.random.Generator, t: Times, interval: int) -> Values:
    """A set point that is changed every few hours."""
    return _held(chance, t, interval, 5, lambda count: 40 + np.round(chance.normal(0, 6, count) * 2) / 2)


def _states(chance: np.random.Generator, t: Times, interval: int) -> Values:
    """Stopped, running, fault."""
    return _held(chance, t, interval, 4, lambda count: chance.choice([0.0, 1.0, 1.0, 1.0, 2.0], count))


def _held(chance: np.random.Generator, t: Times, interval: int, hours: float, levels: Levels) -> Values:
    moves = np.cumsum(chance.random(len(t)) < interval / (hours * HOUR))
    values: Values = levels(int(moves[-1]) + 1)[moves]
    return values


_MAKERS = {"smooth": _smooth, "noisy": _noisy, "spiky": _spiky, "stepped": _stepped, "states": _states}
