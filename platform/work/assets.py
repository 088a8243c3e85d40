"""Assets and what they contain. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from catalog.models import Asset


class AssetTree:
    def __init__(self, assets: Iterable[Asset]) -> None:
        self._children: dict[str, list[str]] = defaultdict(list)
        for asset in assets:
            if asset.parent:
                self._children[asset.parent].append(asset.id)

    def inside(self, asset: str) -> set[str]:
        """The ids of an asset and of all that it contains, at any depth."""
        reached, waiting = {asset}, [asset]
        while waiting:
            new = [child for child in self._children.get(waiting.pop(), ()) if child not in reached]
            reached.update(new)
            waiting += new
        return reached
