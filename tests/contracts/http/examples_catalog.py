"""Drafts of the objects of the catalog, with every declared member; see `examples`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.contracts.http.known import ASSETS, NOW, Body, mark


def _sites(known: Mapping[str, str]) -> list[Body]:
    return [{"name": mark("Site"), "timezone": "UTC", "slug": mark("site")}]


def _areas(known: Mapping[str, str]) -> list[Body]:
    return [{"site": known["sites"], "name": mark("Area"), "parent": None}]


def _assets(known: Mapping[str, str]) -> list[Body]:
    refers = {"site": known["sites"], "area": known["areas"], "parent": None}
    return [{**refers, "tag": mark("A"), "name": "Pump", "type": "pump", "properties": {"maker": "Works"}}]


def sensors(known: Mapping[str, str]) -> list[Body]:
    own = {"site": known["sites"], "tag": mark("S")}
    measured = {"unit": "°C", "kind": "continuous", "range": [0, 90], "interval_s": 60, "sampling": "periodic"}
    return [
        {**own, **measured, "name": "Inlet", "asset": known["assets"], "trusted": True},
        {**own, "kind": "discrete", "states": {"0": "Stopped"}},
        {**own, "kind": "counter", "rollover": 1000, "tolerance": 1},
        {**own, "stored_as": {"factor": 1, "offset": 0, "unit": "°C"}},
        {
            **own,
            "unmapped": False,
            "origin": {"source": "influxdb", "name": "cpu", "field": "idle", "tags": {"host": "a"}},
        },
    ]


def _connections(known: Mapping[str, str]) -> list[Body]:
    first, second = ASSETS
    assert known["assets"]  # both are made with it
    rest = {"site": known["sites"], "source": first, "target": second, "by_hand": True, "drawn": []}
    return [{**rest, "medium": mark("water"), bound: NOW} for bound in ("valid_from", "valid_to")]


CATALOG: dict[str, Callable[[Mapping[str, str]], list[Body]]] = {
    "sites": _sites,
    "areas": _areas,
    "assets": _assets,
    "sensors": sensors,
    "connections": _connections,
}
