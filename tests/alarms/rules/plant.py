"""A small plant for rules: two air handlers and a chiller in Dubai, without any server."""

from __future__ import annotations

from typing import Any

from alarms.rules.models import Applies, Limit, RuleContent, Trigger
from alarms.rules.targets import Scope
from alarms.seams import CalculatedTarget, Named
from catalog.expressions.parse import parse
from catalog.models import Asset, Model, Sensor, Site
from catalog.snapshot import Snapshot
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position

SITES = [
    Site(id="p1", slug="north", name="North", timezone="Asia/Dubai"),
    Site(id="p2", slug="south", name="S", timezone="UTC"),
]
ASSETS = [
    Asset(id="a1", site="p1", tag="AHU-1", name="Air handler 1", type="Air handler"),
    Asset(id="a2", site="p1", tag="AHU-2", name="Air handler 2", type="air handler"),
    Asset(id="a3", site="p1", tag="CH-1", name="Chiller", type="chiller"),
]


def _sensor(id: str, tag: str, asset: str | None, **more: Any) -> Sensor:
    return Sensor(id=id, site="p1", tag=tag, name=more.pop("name", tag), asset=asset, **more)


SENSORS = [
    _sensor("s1", "AHU-1-SAT", "a1", unit="°C", name="Supply air temperature"),
    _sensor("s2", "AHU-1-SAT-SP", "a1", unit="°C"),
    _sensor("s3", "AHU-1-RUN", "a1", kind="discrete", states={"0": "Stopped", "1": "Running", "2": "Fault"}),
    _sensor("s4", "AHU-2-SAT", "a2", unit="°C"),
    _sensor("s5", "AHU-2-RUN", "a2", kind="discrete", states={"0": "Stopped", "1": "Running"}),
    _sensor("s6", "CH-1-KW", "a3", unit="kW", range=(0.0, 500.0)),
    _sensor("s7", "CH-1-MODE", "a3", kind="text"),
    _sensor("s8", "PT-1", None, unit="bar"),
    Sensor(id="s9", site="p2", tag="PT-1", name="Pressure", unit="bar"),
]


class Others:
    """What is not in the catalog."""

    def calculated(self, tenant: TenantConnection) -> list[CalculatedTarget]:
        root, sensors = parse("{CH-1-KW} * 2"), {"CH-1-KW": SENSORS[5]}
        return [
            CalculatedTarget("f1", "p1", "Double power", "kW", root, sensors),
            CalculatedTarget("f2", "p1", "Broken", "kW", None, {}, "{CH-9} has been deleted."),
        ]

    def devices(self, tenant: TenantConnection) -> list[Named]:
        return [Named("g1", "gateway-1", "a3")]

    def sources(self, tenant: TenantConnection) -> list[Named]:
        return [Named("influxdb", "influxdb")]


TENANT = TenantConnection.__new__(TenantConnection)  # nothing is read with it


def scope_of_plant() -> Scope:
    kept: dict[str, dict[str, Model]] = {"sites": {}, "areas": {}, "assets": {}, "sensors": {}, "connections": {}}
    for kind, models in (("sites", SITES), ("assets", ASSETS), ("sensors", SENSORS)):
        kept[kind] = {model.id: model for model in models}  # type: ignore[attr-defined]
    return Scope(Snapshot(Position("e", 1), kept), Others(), TENANT)


def rule(
    trigger: Trigger | None = None, *, sensors: tuple[str, ...] = ("s1",), applies: Applies | None = None, **more: Any
) -> RuleContent:
    return RuleContent(
        name=more.pop("name", "Too warm"),
        applies=applies or Applies(site="north", sensors=list(sensors)),
        trigger=trigger or Limit(side="high", limit=30.0),
        **more,
    )
