"""Which symbol draws which class of DEXPI, and the other way round: `classes.json`, whose first entry is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from twin.symbols import library

Sort = Literal["equipment", "piping", "instruments"]
_GROUPS: dict[str, Sort] = {"valves": "piping", "piping": "piping", "instruments": "instruments"}
_CUSTOM: dict[Sort, str] = {
    "equipment": "CustomEquipment",
    "piping": "CustomPipeFitting",
    "instruments": "ProcessInstrumentationFunction",
}
NEVER_WRITTEN = ("tiles",)  # groups of symbols that are no equipment


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    equipment: dict[str, str]
    piping: dict[str, str]
    instruments: dict[str, str]
    similar: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """`exact`: the class is known, not only the end of its name."""

    symbol: str
    exact: bool


@lru_cache(maxsize=1)
def _file() -> _File:
    return msgspec.json.decode(Path(__file__).with_name("classes.json").read_bytes(), type=_File)


def symbol_for(component_class: str) -> Found | None:
    """`ReciprocatingPump` is known, and `SubmersiblePump` drawn as a pump."""
    file = _file()
    for known in (file.equipment, file.piping, file.instruments):
        if (symbol := known.get(component_class)) is not None:
            return Found(symbol, True)
    for end, symbol in file.similar.items():
        if component_class.endswith(end):
            return Found(symbol, False)
    return None


def sort_of(symbol: str) -> Sort:
    """By its group; flow elements sit in the pipe, as valves do. A symbol of the tenant's own is equipment."""
    if symbol in _file().piping.values():
        return "piping"
    ours = library().symbols.get(symbol)
    return _GROUPS.get(ours.group, "equipment") if ours else "equipment"


def class_for(symbol: str) -> str:
    """The class it is written as; variants of a valve by its body, what has no class of its own as a custom one."""
    sort = sort_of(symbol)
    known: dict[str, str] = getattr(_file(), sort)
    stem = symbol
    while stem:
        for component_class, name in known.items():
            if name == stem:
                return component_class
        stem = stem.rpartition("_")[0]
    return "OperatedValve" if symbol.startswith("valve_") else _CUSTOM[sort]
