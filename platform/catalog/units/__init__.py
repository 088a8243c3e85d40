"""Units of measurement: plants' usual spellings first, then whatever pint knows."""

from catalog.units.check import canonical, quantity_of
from catalog.units.usual import USUAL, UsualUnit

__all__ = ["USUAL", "UsualUnit", "canonical", "quantity_of"]
