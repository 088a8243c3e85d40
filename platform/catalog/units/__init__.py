"""Units of measurement: common spellings in plants first, then whatever pint knows."""

from catalog.units.check import canonical, quantity_of
from catalog.units.common import COMMON_UNITS, CommonUnit
from catalog.units.conversion import Conversion, StoredUnit, conversion

__all__ = ["COMMON_UNITS", "CommonUnit", "Conversion", "StoredUnit", "canonical", "conversion", "quantity_of"]
