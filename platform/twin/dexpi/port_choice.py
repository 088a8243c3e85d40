"""Which port of a symbol a line of the file ends at. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from twin.models import Medium, Placement
from twin.placing import Point, port_at
from twin.symbols import Port, Symbol, accepts, library

_TAKEN_PX = 15.0  # a port with a pipe counts as that much further away
_MEDIA: tuple[Medium, ...] = ("product", "water", "gas", "air", "steam", "solids")  # tried in this order


@dataclass(slots=True)
class Placed:
    placement: Placement
    symbol: Symbol
    used: set[str] = field(default_factory=set)


def choose_medium(preferred: str, source: Placed, target: Placed, is_signal: bool) -> Medium | None:
    """The fluid code, if it is one of our media; else the first that a port at either end takes."""
    media = library().media
    tried: list[str] = ["signal"] if is_signal else [name for name in (preferred.lower(),) if name in media]
    for medium in [*tried, *([] if is_signal else _MEDIA)]:
        kind = media[medium].kind
        if _fitting(source, kind, "in") and _fitting(target, kind, "out"):
            return medium  # type: ignore[return-value]
    return None


def choose_port(placed: Placed, medium: Medium, near: Point | None, leaving: bool) -> str:
    """The nearest that takes the medium in that direction, an unused one rather than a used one."""
    kind = library().media[medium].kind
    fitting = _fitting(placed, kind, "in" if leaving else "out")

    def distance(name: str) -> float:
        x, y = port_at(placed.placement, placed.symbol, fitting[name])
        away = math.dist((x, y), near) if near else 0.0
        return away + (_TAKEN_PX if name in placed.used else 0.0)

    found = min(fitting, key=distance)
    placed.used.add(found)
    return found


def _fitting(placed: Placed, kind: str, wrong_way: str) -> dict[str, Port]:
    ports = placed.symbol.ports.items()
    return {name: port for name, port in ports if port.way != wrong_way and accepts(port.kind, kind)}
