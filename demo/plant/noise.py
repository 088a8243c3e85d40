"""Noise as a function of time: the same (seed, name, time) always gives the same number."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 1.0 / (1 << 53)


def key_of(seed: int, name: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big"))


def uniform(key: np.uint64, n: Ints) -> Floats:
    """Uniform in (0, 1) for each counter n: SplitMix64 (Steele, Lea, Flood 2014) used as a hash."""
    with np.errstate(over="ignore"):
        z = n.astype(np.uint64) * _GOLDEN + key
        z = (z ^ (z >> np.uint64(30))) * _MIX1
        z = (z ^ (z >> np.uint64(27))) * _MIX2
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(11)).astype(np.float64) + 0.5) * _TO_UNIT


def white(key: np.uint64, t: Ints) -> Floats:
    """Standard normal noise, independent from moment to moment (Box-Muller)."""
    radius = np.sqrt(-2.0 * np.log(uniform(key, t)))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform(key ^ _GOLDEN, t)), dtype=np.float64)


def smooth(key: np.uint64, t: Ints, period_s: float) -> Floats:
    """Low-frequency noise of variance about one and period `period_s`: normal knots, smoothly interpolated."""
    position = t / (period_s * 1000.0)
    knot = np.floor(position)
    x = position - knot
    index = knot.astype(np.int64)
    first = int(index.min(initial=0)) if index.size else 0
    last = int(index.max(initial=0)) if index.size else 0
    if index.size and last - first < 4 * index.size:
        table = white(key, np.arange(first, last + 2, dtype=np.int64))
        left, right = table[index - first], table[index - first + 1]
    else:
        left, right = white(key, index), white(key, index + 1)
    ease = x * x * x * (x * (x * 6.0 - 15.0) + 10.0)
    return np.asarray(left + (right - left) * ease, dtype=np.float64)
