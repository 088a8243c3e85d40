"""How drawings name a tenant's own symbols: with the version, so that an old drawing shows the old shape."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.ids import SYMBOL, is_id
from twin.models import Placement


def symbol_name(id: str, version: int) -> str:
    return f"{id}@{version}"


def id_in(name: str) -> str:
    """The id in a placement's symbol, empty for one of ours."""
    id, at, version = name.partition("@")
    return id if at and version.isascii() and version.isdecimal() and is_id(id, SYMBOL) else ""


def own_names(placements: Iterable[Placement]) -> list[str]:
    return sorted({placement.symbol for placement in placements if id_in(placement.symbol)})
