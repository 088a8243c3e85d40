"""Repeats a request and summarizes its times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tests.bench.query.client import Refused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """At least `min_calls` measured calls, then more for `duration_s`, up to `max_calls`."""

    min_calls: int
    max_calls: int = 200
    duration_s: float = 2.0


OURS = Effort(60)
THEIRS = Effort(10, 60)


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in ms; `refused` says why there are none."""

    ms: tuple[float, ...] = ()
    refused: str = ""

    @property
    def median(self) -> float:
        return float(np.percentile(self.ms, 50)) if self.ms else float("inf")

    @property
    def p95(self) -> float:
        return float(np.percentile(self.ms, 95)) if self.ms else float("inf")

    def __str__(self) -> str:
        return self.refused or f"{self.median:.1f} ms"


def measured(call: Callable[[T], object], arguments: Iterable[T], effort: Effort) -> Figures:
    """Each call with the next argument; the first few warm up and do not count."""
    given = iter(arguments)
    try:
        return Figures(tuple(_times(call, given, effort)))
    except Refused as error:
        return Figures(refused=str(error))


def _times(call: Callable[[T], object], given: Iterator[T], effort: Effort) -> Iterator[float]:
    for _ in range(min(effort.min_calls // 10, 5)):
        call(next(given))
    until = time.perf_counter() + effort.duration_s
    for number in range(effort.max_calls):
        argument = next(given)
        began = time.perf_counter()
        if number >= effort.min_calls and began > until:
            break
        call(argument)
        yield (time.perf_counter() - began) * 1000
