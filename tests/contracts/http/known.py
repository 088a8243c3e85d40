"""Objects that requests of the gate may name, so that not all of them end at "there is no such sensor"."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests

from alarms.sinks.models import MAX_SINKS
from tests.contracts.http.callers import SPARE, Caller
from tests.installation import PASSWORD, Platform
from twin.scans.models import MAX_SCANS

Body = dict[str, Any]

NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z
EARLIEST_CASE = -1_000_000  # when cases were opened: before what tests try
PUSH_KEYS = {  # the receiver's of RFC 8291, appendix A
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
ASSETS = ("P-1", "P-2")  # their tags
LEAVES = (  # kinds to which no other object here refers
    "alarm-sinks", "annotations", "bookmarks", "calculated", "campaigns", "cases", "dashboards", "maintenance-plans",
    "notification/push-subscriptions", "notification/routes", "notification/shifts", "rules", "run-definitions",
    "saved-views", "schematics", "schematic-templates", "symbols",
)  # fmt: skip
DRAWING = {"width": 400, "height": 300}
SVG = '<svg viewBox="0 0 40 40"><path d="M1 1H39V39H1Z" fill="grey" stroke="black"/></svg>'

PLANT_MODEL = (
    '<PlantModel><Equipment ID="T" ComponentClass="Tank"><Position><Location X="1" Y="1"/></Position></Equipment>'
    "</PlantModel>"
)
PNG = (  # 8 by 8, white
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAEElEQVR4nGP8zwABTAwUMQBJQQEPeWDz+AAAAABJRU5ErkJggg=="
)


def mark(word: str) -> str:
    """A name that nothing has yet."""
    return f"{word}-{secrets.token_hex(4)}"


class Known(Mapping[str, str]):
    """Ids by what they are of: `known["sensors"]`. Each is made when it is first asked for."""

    def __init__(self, made: dict[str, str], makers: dict[str, Callable[[], str]]) -> None:
        self._made, self._makers = made, makers

    def __getitem__(self, kind: str) -> str:
        if kind not in self._made:
            self._made[kind] = self._makers[kind]()
        return self._made[kind]

    def renew(self, kind: str) -> None:
        """Another one is made when it is next asked for."""
        self._made.pop(kind, None)

    def __contains__(self, kind: object) -> bool:
        return kind in self._made or kind in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter({**self._made, **self._makers})

    def __len__(self) -> int:
        return len({**self._made, **self._makers})


def make_known(platform: Platform, caller: Caller) -> Known:
    """New ones at each call."""
    own = secrets.token_hex(4)
    slug = f"gate-{own}"

    def make(kind: str, /, **values: Any) -> str:
        return str(caller.must(platform, "POST", f"/api/v1/{kind}", json=values)["id"])

    def make_in_site(kind: str, /, **values: Any) -> str:
        return make(kind, site=known["sites"], **values)

    def make_assets() -> str:
        first, _ = (make_in_site("assets", tag=tag, type="pump", area=known["areas"]) for tag in ASSETS)
        return first

    def make_connection() -> str:
        first = known["assets"]
        return make_in_site("connections", source=first, target=ASSETS[1], medium="water")

    def make_correction() -> str:
        return make("corrections", action="delete", sensors=[known["sensors"]], start=NOW, end=NOW + 1, dry_run=True)

    def make_import() -> str:
        assert known["sensors"]  # the file names it
        return import_of(platform, caller, slug)

    def make_scan() -> str:
        """A tenant may have few: those that no drawing shows any more make room."""
        path = "/api/v1/schematics/scans"
        if len(scans := caller.must(platform, "GET", path)["results"]) > MAX_SCANS // 2:
            for scan in scans:
                requests.delete(f"{platform.url}{path}/{scan['id']}", headers=caller.headers, timeout=30)
        return make("schematics/scans", name=mark("Scan"), image=PNG)

    def make_sink() -> str:
        path = "/api/v1/alarm-sinks"
        if len(sinks := caller.must(platform, "GET", path)["results"]) > MAX_SINKS // 2:
            for sink in sinks:
                requests.delete(f"{platform.url}{path}/{sink['id']}", headers=caller.headers, timeout=30)
        return make("alarm-sinks", **sink_of(mark("Bus")))

    def make_letter() -> str:
        assert known["sites"]  # the line names it
        return letter_of(platform, caller, slug)

    def make_campaign() -> str:
        assert known["devices"]  # it is of those
        return make("campaigns", name=mark("Campaign"), query={"names": ["Device-*"]})

    known = Known(
        made={"tenants": SPARE},
        makers={
            "sites": lambda: make("sites", name=mark("Gate"), slug=slug, timezone="UTC"),
            "areas": lambda: make_in_site("areas", name="Hall"),
            "assets": make_assets,
            "sensors": lambda: make_in_site("sensors", tag="TT-1", unit="°C", asset=known["assets"]),
            "connections": make_connection,
            "schematics": lambda: make_in_site("schematics", name=mark("Loop"), drawing=DRAWING),
            "calculated": lambda: make_in_site(
                "calculated", name=mark("Twice"), expression=f"{{{known['sensors']}}} + 1 [K]"
            ),
            "run-definitions": lambda: make_in_site(
                "run-definitions", name=mark("Runs"), rule={"by": "hand"}, sensors=[known["sensors"]]
            ),
            "bookmarks": lambda: make_in_site("bookmarks", start=NOW, name=mark("Test")),
            "symbols": lambda: make("symbols", name=mark("Symbol"), svg=SVG),
            "schematic-templates": lambda: make("schematic-templates", name=mark("Skid"), drawing=DRAWING),
            "annotations": lambda: make("annotations", target=known["sensors"], text="Calibrated", start=NOW),
            "saved-views": lambda: make_in_site("saved-views", name=mark("View"), trend={}),
            "dashboards": lambda: make("dashboards", name=mark("Board")),
            "corrections": make_correction,
            "imports": make_import,
            "scans": make_scan,
            "alarms": lambda: alarm_of(platform, caller, mark("f")),
            "rules": lambda: make("rules", name=mark("High"), **rule_on(known["sensors"])),
            "other_rules": lambda: make("rules", name=mark("Other"), **rule_on(known["set_points"])),
            "alarm-sinks": make_sink,
            "set_points": lambda: make_in_site("sensors", tag="TT-2", unit="°C"),
            "sources": lambda: make("sources", name=mark("Gateway"), kind="influxdb"),
            "deadletters": make_letter,
            "events": lambda: event_of(platform, caller, f"type-{own}"),
            "event-types": lambda: named(platform, caller, f"event-types/type-{own}", {"fields": {}}),
            "event-tables": lambda: named(platform, caller, f"event-tables/{mark('table')}", {"rows": []}),
            "devices": lambda: make("devices", name=mark("Device")),
            "commands": lambda: command_of(platform, caller, make("devices", name=mark("Other"))),
            "cases": lambda: make("cases", title="Vibration", asset=known["assets"], opened=EARLIEST_CASE),
            "maintenance-plans": lambda: make("maintenance-plans", name=mark("Plan"), **plan_of(known["assets"])),
            "campaigns": make_campaign,
            "notification/channels": lambda: make(
                "notification/channels", name=mark("Mail"), settings={"kind": "email", "addresses": ["a@example.com"]}
            ),
            "notification/routes": lambda: make(
                "notification/routes", name=mark("Route"), steps=[{"channels": [known["notification/channels"]]}]
            ),
            "notification/shifts": lambda: make(
                "notification/shifts", name=mark("Shifts"), zone="UTC", rotation=turns_of(known["members"])
            ),
            "notification/push-subscriptions": lambda: make(
                "notification/push-subscriptions", endpoint=f"https://push.example.com/{own}", keys=PUSH_KEYS
            ),
            "members": lambda: member_of(platform, caller, mark("somebody")),
        },
    )
    return known


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


def command_of(platform: Platform, caller: Caller, device: str) -> str:
    sent = caller.must(platform, "POST", f"/api/v1/devices/{device}/commands", json={"kind": "restart"})
    return str(sent["id"])


def named(platform: Platform, caller: Caller, path: str, body: dict[str, Any]) -> str:
    """The name of what is made by a PUT to its address."""
    caller.must(platform, "PUT", f"/api/v1/{path}", json=body)
    return path.rpartition("/")[2]


def event_of(platform: Platform, caller: Caller, type_: str) -> str:
    caller.must(platform, "POST", "/api/v1/events", json=[{"ts": NOW, "type": type_, "device": "M-1"}])
    deadline = time.monotonic() + 90
    while not (found := caller.must(platform, "GET", f"/api/v1/events?type={type_}")["results"]):
        assert time.monotonic() < deadline, "the event is not stored"
        time.sleep(0.05)
    return str(found[0]["id"])


def plan_of(asset: str) -> dict[str, Any]:
    return {"target": {"assets": [asset]}, "every": {"calendar": {"count": 6, "unit": "months"}}}


def rule_on(sensor: str) -> dict[str, Any]:
    return {"applies": {"sensors": [sensor]}, "trigger": {"kind": "limit", "side": "high", "limit": 14.5}}


def sink_of(name: str) -> dict[str, Any]:
    return {"name": name, "enabled": False, "settings": {"kind": "mqtt", "host": "broker.invalid"}}


def turns_of(member: str) -> dict[str, Any]:
    return {"days": 7, "begins": "2026-03-02", "groups": [[member]]}


def alarm_of(platform: Platform, caller: Caller, fingerprint: str) -> str:
    """The key of an alarm that another system raised."""
    labels = {"alertname": "Down"}
    alert = {"status": "firing", "fingerprint": fingerprint, "startsAt": "2026-03-14T09:42:00Z", "labels": labels}
    caller.must(platform, "POST", "/api/v1/alertmanager", json={"alerts": [alert]})
    return f"external:{fingerprint}"


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


def object_at(path: str, known: Mapping[str, str]) -> tuple[str, str] | None:
    """The parameter of an address that names an object, and the id of one: `("id", …)` for `/api/v1/sensors/{id}`."""
    kind = kind_of(path)
    rest = path.removeprefix(f"/api/v1/{kind}/")
    if kind not in known or not rest.startswith("{"):
        return None
    return rest[1:].partition("}")[0], known[kind]


def kind_of(path: str) -> str:
    """`sensors` of `/api/v1/sensors/{id}`, `notification/routes` of `/api/v1/notification/routes`."""
    kind, _, rest = path.removeprefix("/api/v1/").partition("/")
    return f"{kind}/{rest.partition('/')[0]}" if kind == "notification" else kind


def references(known: Mapping[str, str]) -> dict[str, Any]:
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
