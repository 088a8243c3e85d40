"""Objects that requests of the gate may name, so that not all of them end at "there is no such sensor"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contracts.http.callers import SPARE, Caller
from tests.installation import Platform

NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z
DRAWING = {"width": 400, "height": 300}
Known = Mapping[str, str]


def make_known(platform: Platform, caller: Caller) -> dict[str, str]:
    """Ids by what they are of: `{"sensors": …, "site": …}`."""

    def make(kind: str, **values: Any) -> str:
        return str(caller.must(platform, "POST", f"/api/v1/{kind}", json=values)["id"])

    site = make("sites", name="Gate", slug="gate", timezone="UTC")
    area = make("areas", site=site, name="Hall")
    assets = [make("assets", site=site, tag=tag, area=area) for tag in ("P-1", "P-2")]
    sensor = make("sensors", site=site, tag="TT-1", unit="°C", asset=assets[0])
    return {
        "sites": site,
        "areas": area,
        "assets": assets[0],
        "sensors": sensor,
        "connections": make("connections", site=site, source=assets[0], target=assets[1], medium="water"),
        "schematics": make("schematics", site=site, name="Loop", drawing=DRAWING),
        "corrections": make("corrections", action="delete", sensors=[sensor], start=NOW, end=NOW + 1, dry_run=True),
        "imports": import_of(platform, caller),
        "tenants": SPARE,
    }


def import_of(platform: Platform, caller: Caller) -> str:
    file = ("history.csv", b"time,TT-1\n2026-03-14T09:00:00Z,1.5\n")
    answer = caller.must(
        platform, "POST", "/api/v1/imports?dry_run=1", data={"mapping": '{"site": "gate"}'}, files={"file": file}
    )
    return str(answer["id"])


def object_at(path: str, known: Known) -> tuple[str, str] | None:
    """The parameter of an address that names an object, and the id of one: `("id", …)` for `/api/v1/sensors/{id}`."""
    kind, _, rest = path.removeprefix("/api/v1/").partition("/")
    if kind not in known or not rest.startswith("{"):
        return None
    return rest[1:].partition("}")[0], known[kind]


def references(known: Known) -> dict[str, Any]:
    """What members and parameters that refer to something may hold."""
    return {
        "site": known["sites"],
        "area": known["areas"],
        "asset": known["assets"],
        "source": known["assets"],
        "sensors": [known["sensors"]],
        "revision": 1,
        "start": str(NOW - 3_600_000),
        "end": str(NOW),
        "at": str(NOW),
    }
