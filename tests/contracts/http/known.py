"""Objects that requests of the gate may name, so that not all of them end at "there is no such sensor"."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

import requests

from tests.contracts.http.callers import SPARE, Caller
from tests.installation import PASSWORD, Platform

NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z
DRAWING = {"width": 400, "height": 300}
Known = Mapping[str, str]


def make_known(platform: Platform, caller: Caller) -> dict[str, str]:
    """Ids by what they are of: `{"sensors": …, "sites": …}`. New ones at each call."""
    mark = secrets.token_hex(4)

    def make(kind: str, **values: Any) -> str:
        return str(caller.must(platform, "POST", f"/api/v1/{kind}", json=values)["id"])

    site = make("sites", name=f"Gate {mark}", slug=f"gate-{mark}", timezone="UTC")
    area = make("areas", site=site, name="Hall")
    assets = [make("assets", site=site, tag=tag, area=area) for tag in ("P-1", "P-2")]
    sensor = make("sensors", site=site, tag="TT-1", unit="°C", asset=assets[0])
    return {
        "sites": site,
        "areas": area,
        "assets": assets[0],
        "sensors": sensor,
        "connections": make("connections", site=site, source=assets[0], target=assets[1], medium="water"),
        "schematics": make("schematics", site=site, name=f"Loop {mark}", drawing=DRAWING),
        "corrections": make("corrections", action="delete", sensors=[sensor], start=NOW, end=NOW + 1, dry_run=True),
        "imports": import_of(platform, caller, f"gate-{mark}"),
        "deadletters": letter_of(platform, caller, f"gate-{mark}"),
        "members": member_of(platform, caller, f"somebody-{mark}"),
        "tenants": SPARE,
    }


def member_of(platform: Platform, caller: Caller, name: str) -> str:
    """Somebody whom the gate may demote and remove."""
    link = caller.must(platform, "POST", "/api/v1/members/invite", json={"role": "viewer"})["link"]
    body = {"username": name, "password": PASSWORD}
    answer = requests.post(f"{platform.url}/api/v1/invitations/{link.rpartition('/')[2]}", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    members = caller.must(platform, "GET", "/api/v1/members?limit=1000")["results"]
    return next(str(member["id"]) for member in members if member["username"] == name)


def letter_of(platform: Platform, caller: Caller, site: str) -> str:
    line = f"{site},sensor=TT-unknown value=1 {NOW}000000"
    requests.post(f"{platform.url}/write", line, headers=caller.headers, timeout=30)
    return str(caller.must(platform, "GET", "/api/v1/deadletters?limit=1")["results"][0]["id"])


def import_of(platform: Platform, caller: Caller, site: str) -> str:
    file = ("history.csv", b"time,TT-1\n2026-03-14T09:00:00Z,1.5\n")
    answer = caller.must(
        platform,
        "POST",
        "/api/v1/imports?dry_run=1",
        data={"mapping": json.dumps({"site": site})},
        files={"file": file},
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
