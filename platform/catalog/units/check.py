"""One spelling for each unit, so that two sensors in the same unit share an axis."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from catalog.units.common import COMMON_UNITS, CommonUnit
from kernel.suggest import closest, question

_MAX_CHARS = 40  # characters
_MAX_TYPED = 200  # including blanks, which are removed; longer texts are rejected
_MEANT = {"C": "°C", "F": "°F", "T": "t", "degrees C": "°C"}  # pint knows coulomb, farad and tesla; a plant means these

# Names with small powers, multiplied and divided: pint would read "3 m" as a quantity, and nested powers keep it
# busy forever.
_NAME = r"[^\W\d]+[\d_]*(?:(?:\^|\*\*)-?\d|[⁻]?[²³¹⁴])?"
_EXPRESSION = re.compile(rf"(?:1\s*/\s*)?\(?[°Δ]?{_NAME}(?:\s*[*·/ ]\s*\(?[°Δ]?{_NAME}\)?)*")


@lru_cache(maxsize=1)
def _common() -> dict[str, CommonUnit]:
    """Every accepted spelling and its unit."""
    spellings = {unit.unit: unit for unit in COMMON_UNITS}
    for unit in COMMON_UNITS:
        for other in unit.also:
            spellings.setdefault(other, unit)
    return spellings


@lru_cache(maxsize=1)
def registry() -> Any:
    """pint's registry: 0.4 s and 20 MB, so it is loaded only for uncommon units."""
    from pint import UnitRegistry

    return UnitRegistry()


def canonical(text: str) -> str:
    """The unit as stored: the common spelling if there is one, else as typed. ValueError suggests similar ones."""
    if len(text) > _MAX_TYPED:
        raise ValueError(f"“{text[:_MAX_CHARS]}…” has {len(text)} characters; at most {_MAX_CHARS} are allowed.")
    return _canonical(text)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    text = " ".join(text.split())
    if not text or text in ("-", "–"):
        return ""
    common = _common().get(text) or _common().get(text.replace(" ", ""))
    if common is not None:
        return common.unit
    if text in _MEANT or len(text) > _MAX_CHARS or not _pint_knows(text):
        raise ValueError(f"“{text[:_MAX_CHARS]}” is not a unit we know.{_hint(text)}")
    return text


def _hint(text: str) -> str:
    if text in _MEANT:
        return f" Did you mean “{_MEANT[text]}”?"
    found = list(
        dict.fromkeys(_common()[match].unit for match in closest(text[:_MAX_CHARS].replace(" ", ""), _common(), 5))
    )[:3]
    return question(found) or " GET /api/v1/units lists the common ones."


def quantity_of(unit: str) -> str:
    """The quantity of a stored unit, such as `temperature`; its dimensions if it is not on the list."""
    common = _common().get(unit)
    if common is not None:
        return common.quantity
    return str(registry().parse_units(unit).dimensionality) if unit else ""


def _pint_knows(text: str) -> bool:
    if not _EXPRESSION.fullmatch(text):
        return False
    try:
        registry().parse_units(text)
    except Exception:  # pint's parser raises anything: UndefinedUnitError, TokenError, TypeError …
        return False
    return True
