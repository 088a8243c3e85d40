"""Units of measurement: plants' usual spellings first, then whatever pint knows."""

from catalog.units.check import canonical, quantity_of
from catalog.units.conversion import Conversion, StoredUnit, conversion
from catalog.units.usual import USUAL, UsualUnit

__all__ = ["USUAL", "Conversion", "StoredUnit", "UsualUnit", "canonical", "conversion", "quantity_of"]
