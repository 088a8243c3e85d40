"""Drawings in few words: `P-1.out > v1.in: water` is a pipe."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from twin.models import Drawing

_PIPE = re.compile(r"(\S+)\.(\S+) > (\S+)\.(\S+): (\S+)")


def draw(symbols: dict[str, str], *pipes: str, assets: str | None = None) -> Drawing:
    """`symbols` by placement; the placements named in `assets` stand for assets of the same name."""
    return msgspec.convert(drawn(symbols, *pipes, assets=assets), Drawing)


def drawn(symbols: dict[str, str], *pipes: str, assets: str | None = None) -> dict[str, Any]:
    bound = (assets or "").split()
    placements = [
        {"id": id, "symbol": symbol, "x": 0, "y": 0, **({"asset": id} if id in bound else {})}
        for id, symbol in symbols.items()
    ]
    return {"width": 100, "height": 100, "placements": placements, "pipes": [_pipe(n, p) for n, p in enumerate(pipes)]}


def _pipe(number: int, text: str) -> dict[str, Any]:
    found = _PIPE.fullmatch(text)
    assert found is not None, text
    source, out, target, into, medium = found.groups()
    return {
        "id": f"pipe{number}",
        "source": {"placement": source, "port": out},
        "target": {"placement": target, "port": into},
        "medium": medium,
    }
