"""Measures how the cost of parsing grows with length, from two lengths in one run."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

FACTOR = 8  # between the two lengths: eight times the cost if it is linear, 64 times if it is quadratic
MAX_GROWTH = 24.0
FLOOR_S = 0.0005  # what costs less than this at the larger length is linear whatever the ratio says
REPEATS = 3


def growth(read: Callable[[Any], object], make: Callable[[int], Any], size: int) -> float:
    """The cost ratio for input that is FACTOR times longer; 0 if both cost next to nothing.

    Costs are minima of several runs. The longer input is read once more only while its cost seems to grow too fast.
    """
    short, long = make(size), make(FACTOR * size)
    cheap = min(_cost(read, short) for _ in range(REPEATS))
    ratio = _ratio(cheap, _cost(read, long))
    for _ in range(REPEATS - 1):
        if ratio <= MAX_GROWTH:
            break
        ratio = min(ratio, _ratio(cheap, _cost(read, long)))
    return ratio


def _ratio(cheap: float, dear: float) -> float:
    return 0.0 if dear < FLOOR_S else dear / max(cheap, FLOOR_S / FACTOR)


def _cost(read: Callable[[Any], object], text: Any) -> float:
    """CPU seconds of this thread, so that other processes do not count."""
    gc.disable()  # it looks through all that Django made whenever enough is new
    try:
        began = time.thread_time()
        with suppress(Exception):  # a refusal is an answer too, and costs
            read(text)
        return time.thread_time() - began
    finally:
        gc.enable()
