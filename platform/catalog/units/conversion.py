"""Conversion between units of the same quantity: a factor and an offset."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from msgspec import Meta, Struct

from catalog import bounds
from catalog.units.check import registry
from catalog.units.common import COMMON_UNITS

Floats = npt.NDArray[np.float64]
# Two conversions with rounding in between corrupt the last two digits of a float64; no instrument has so many.
KEPT_DIGITS, SHOWN_DIGITS = 15, 13
MAX_FLOAT = float(np.finfo(np.float64).max)
# pint treats these like a different unit: gauge and absolute pressure, apparent, reactive
# and real power, a gas at normal conditions, weighted sound.
_APART = {"barg": "gauge", "psig": "gauge", "VA": "apparent", "kVA": "apparent", "kvar": "reactive",
          "Nm³/h": "normal", "dBA": "weighted", "%RH": "humidity"}  # fmt: skip
_CYCLES = {"rpm": "1/min"}  # in pint a revolution is 2π, and a hertz has no dimension of angle


class Conversion(Struct, frozen=True):
    """`to(x) = x * factor + offset`; the factor is positive."""

    factor: float
    offset: float

    def to(self, values: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return _rounded(values * self.factor + self.offset, self.offset, SHOWN_DIGITS)

    def back(self, values: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return _rounded((values - self.offset) / self.factor, self.offset / self.factor, KEPT_DIGITS)


class StoredUnit(Conversion, frozen=True):
    """The unit in which a sensor's samples are stored, if it differs from the one shown.

    shown = stored * factor + offset
    """

    unit: Annotated[str, Meta(description="The unit of the stored values", max_length=bounds.MAX_UNIT)]


def conversion(source: str, target: str) -> Conversion | None:
    """The conversion of a stored unit to another. None: they measure different quantities."""
    return Conversion(1.0, 0.0) if source == target else _conversion(source, target)


@lru_cache(maxsize=4096)
def _conversion(source: str, target: str) -> Conversion | None:
    known, wanted = _meaning(source), _meaning(target)
    if known is None or wanted is None or _basis(source, known) != _basis(target, wanted):
        return None
    quantity = registry().Quantity
    try:
        with np.errstate(all="ignore"):
            zero, one, two = (
                float(quantity(value * known.factor, known.pint).to(wanted.pint).magnitude) / wanted.factor
                for value in (0.0, 1.0, 2.0)
            )
    except Exception:  # pint raises anything; units that do not convert are incompatible
        return None
    if not math.isclose(two - one, one - zero, rel_tol=1e-9) or one <= zero:
        return None  # decibels
    if zero == 0.0:
        return Conversion(one, 0.0)
    # Scales with an offset are temperatures, whose ratios are small fractions: exact where floats are not.
    return Conversion(fraction(one - zero, 1_000), fraction(zero, 1_000_000))


def fraction(value: float, largest: int) -> float:
    """The closest ratio of small numbers, as scales of temperature have them."""
    return float(Fraction(value).limit_denominator(largest))


def pint_unit(unit: str) -> tuple[float, str] | None:
    """A unit as a multiple of one of pint's, by name; None if pint has none."""
    meaning = _meaning(unit)
    return None if meaning is None else (meaning.factor, meaning.pint)


def apart(unit: str) -> str:
    """What sets it apart from other units of its dimensions, such as `gauge`; empty for most."""
    return _APART.get(unit, "")


class _Meaning(Struct, frozen=True):
    """A multiple of a pint unit."""

    factor: float
    pint: str
    quantity: str  # of common units


def _meaning(unit: str) -> _Meaning | None:
    common = next((each for each in COMMON_UNITS if each.unit == unit), None)
    text = _CYCLES.get(unit) or (unit if common is None else common.pint)
    if not text:
        return None
    number = re.fullmatch(r"([\d.]+(?:e-?\d+)?)\*?(.*)", text) if text[0].isdigit() and text[1] != "/" else None
    factor, pint = (float(number[1]), number[2]) if number else (1.0, text)
    return _Meaning(factor, pint, common.quantity if common else "")


def _basis(unit: str, meaning: _Meaning) -> tuple[str, str]:
    """Units of different quantities do not convert, even with equal dimensions: a frequency is not an angular speed."""
    dimensions = registry().parse_units(meaning.pint).dimensionality
    ambiguous = not dimensions or dict(dimensions) == {"[time]": -1}
    return apart(unit), (meaning.quantity or unit) if ambiguous else str(dimensions)


def _rounded(values: Floats, offset: float, digits: int) -> Floats:
    """Round to the significant digits of the value or the offset, whichever is larger, that a conversion preserves."""
    values = np.clip(values, -MAX_FLOAT, MAX_FLOAT)
    size = np.maximum(np.abs(values), abs(offset))
    known = np.isfinite(size) & (size > 0)
    places = np.zeros(len(values), np.int64)
    places[known] = digits - 1 - np.floor(np.log10(size[known])).astype(np.int64)
    possible = known & (places >= 0) & (places < len(_POWERS))
    powers = _POWERS[np.where(possible, places, 0)]
    rounded: Any = np.where(possible, np.round(values * powers) / powers, values)
    return np.asarray(rounded, np.float64)


_POWERS = np.array([float(f"1e{n}") for n in range(23)])  # exact in a float64
