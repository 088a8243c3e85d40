"""Units in terms of the base units of the SI, for calculations with quantities of different units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from catalog.units.check import registry
from catalog.units.conversion import apart, fraction, pint_unit

Dimensions = tuple[tuple[str, float], ...]  # exponents by pint's name of the dimension, such as [length]; sorted
PLAIN: Dimensions = ()
TEMPERATURE: Dimensions = (("[temperature]", 1.0),)


class SiUnit(Struct, frozen=True):
    """`si = value * factor + offset`. Only scales of temperature have an offset.

    `apart`: what sets it apart from other units of its dimensions; None of a plain number.
    """

    factor: float
    offset: float
    dimensions: Dimensions
    apart: str | None = ""


@lru_cache(maxsize=4096)
def si_unit(unit: str) -> SiUnit | None:
    """None for units that cannot be calculated with: decibels.

    An empty unit is a plain number. Those that pint does not know, such as pH, have a dimension of their own.
    """
    if not unit:
        return SiUnit(1.0, 0.0, PLAIN, None)
    known = pint_unit(unit)
    if known is None:
        return SiUnit(1.0, 0.0, ((f"[{unit}]", 1.0),))
    factor, name = known
    if not name:
        return SiUnit(factor, 0.0, PLAIN, apart(unit))
    quantity = registry().Quantity
    try:
        zero, one, two = (quantity(value, name).to_base_units() for value in (0.0, 1.0, 2.0))
    except Exception:  # pint raises anything
        return None
    if abs((two.magnitude - one.magnitude) - (one.magnitude - zero.magnitude)) > 1e-9 * abs(one.magnitude):
        return None  # logarithmic
    exponents = dimensions_of(one.dimensionality)
    if zero.magnitude == 0.0:
        return SiUnit(float(one.magnitude) * factor, 0.0, exponents, apart(unit))
    scale, offset = float(one.magnitude - zero.magnitude), float(zero.magnitude)
    return SiUnit(fraction(scale, 1_000), fraction(offset, 1_000_000), exponents)


def dimensions_of(exponents: Mapping[str, float]) -> Dimensions:
    return tuple(sorted((str(name), float(power)) for name, power in exponents.items() if power))
