"""Which sensors belong to a device's asset, without asking for each how deep it lies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalog.kinds import KINDS
from catalog.models import Asset, Sensor
from catalog.snapshot import Snapshot
from ingest.fleet.registry import Device
from ingest.own_sensors import own_sensors
from ingest.points import PointError
from stores.redis.epochs import Position


class CountedAssets(dict[str, Asset]):
    asked = 0

    def __getitem__(self, id: str) -> Asset:
        self.asked += 1
        return super().__getitem__(id)


def chain(length: int) -> CountedAssets:
    """Each asset is the parent of the next."""
    parents = [None, *(f"a{n}" for n in range(length - 1))]
    return CountedAssets(
        {f"a{n}": Asset(id=f"a{n}", site="s", tag=f"A-{n}", name="", parent=parent) for n, parent in enumerate(parents)}
    )


def checker(assets: CountedAssets, own: str) -> Callable[[Sensor], None]:
    catalog = Snapshot(Position("", 0), {**{name: {} for name in KINDS}, "assets": assets})
    check = own_sensors(catalog, Device(id="d", name="press", asset=own, created=0))
    assert check is not None
    return check


def sensor(asset: str | None) -> Sensor:
    return Sensor(id="t", site="s", tag="TT", name="", asset=asset)


@pytest.mark.parametrize("own", ["a0", "elsewhere"])
def test_each_asset_is_looked_at_once_for_all_sensors(own: str) -> None:
    assets = chain(300)
    check = checker(assets, own)
    refused = 0
    for number in range(300):
        try:
            check(sensor(f"a{299 - number // 2}"))
        except PointError:
            refused += 1
    assert refused == (0 if own == "a0" else 300)
    assert assets.asked <= 300 + refused, "and once for each error, which names it"


def test_what_lies_above_or_beside_is_not_its_own() -> None:
    assets = chain(4)
    assets["b"] = Asset(id="b", site="s", tag="B", name="", parent="a0")
    check = checker(assets, "a2")
    for asset in ("a3", None, "a2", "a3"):
        check(sensor(asset))
    for asset in ("a1", "b", "a0", "a1"):
        with pytest.raises(PointError, match="writes only what belongs to its own asset"):
            check(sensor(asset))
