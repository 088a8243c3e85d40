"""One spelling for each unit, so that two sensors in the same unit share an axis."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from catalog.units.usual import USUAL, UsualUnit
from kernel.suggest import near, sentence

_MOST = 40  # characters
_MAX_TYPED = 200  # with blanks that are left out; what is longer is not looked at
_MEANT = {"C": "°C", "F": "°F", "T": "t", "degrees C": "°C"}  # pint knows coulomb, farad and tesla; a plant means these

# Names with small powers, multiplied and divided: pint would read "3 m" as a quantity, and towers of powers keep it
# busy for ever.
_NAME = r"[^\W\d]+[\d_]*(?:(?:\^|\*\*)-?\d|[⁻]?[²³¹⁴])?"
_EXPRESSION = re.compile(rf"(?:1\s*/\s*)?\(?[°Δ]?{_NAME}(?:\s*[*·/ ]\s*\(?[°Δ]?{_NAME}\)?)*")


@lru_cache(maxsize=1)
def _usual() -> dict[str, UsualUnit]:
    """Every accepted spelling, and the unit it means."""
    spellings = {unit.unit: unit for unit in USUAL}
    for unit in USUAL:
        for other in unit.also:
            spellings.setdefault(other, unit)
    return spellings


@lru_cache(maxsize=1)
def registry() -> Any:
    """pint's registry: 0.4 s and 20 MB, so only where a unit is not a usual one."""
    from pint import UnitRegistry

    return UnitRegistry()


def canonical(text: str) -> str:
    """The unit as it is stored: a usual spelling where there is one, else as typed. ValueError suggests near ones."""
    if len(text) > _MAX_TYPED:
        raise ValueError(f"“{text[:_MOST]}…” has {len(text)} characters; at most {_MOST} fit.")
    return _canonical(text)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    text = " ".join(text.split())
    if not text or text in ("-", "–"):
        return ""
    usual = _usual().get(text) or _usual().get(text.replace(" ", ""))
    if usual is not None:
        return usual.unit
    if text in _MEANT or len(text) > _MOST or not _pint_knows(text):
        raise ValueError(f"“{text[:_MOST]}” is not a unit we know.{_hint(text)}")
    return text


def _hint(text: str) -> str:
    if text in _MEANT:
        return f" Did you mean “{_MEANT[text]}”?"
    found = list(dict.fromkeys(_usual()[match].unit for match in near(text[:_MOST].replace(" ", ""), _usual(), 5)))[:3]
    return sentence(found) or " GET /api/v1/units lists the usual ones."


def quantity_of(unit: str) -> str:
    """What a stored unit measures, such as `temperature`; for one off the usual list, its dimensions."""
    usual = _usual().get(unit)
    if usual is not None:
        return usual.quantity
    return str(registry().parse_units(unit).dimensionality) if unit else ""


def _pint_knows(text: str) -> bool:
    if not _EXPRESSION.fullmatch(text):
        return False
    try:
        registry().parse_units(text)
    except Exception:  # pint's parser raises whatever its tokenizer does: UndefinedUnitError, TokenError, TypeError …
        return False
    return True
