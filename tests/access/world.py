"""A tenant with an object of every kind that an endpoint may name, created through the API."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from access import operations
from access.models import ApiToken, Membership
from alarms.journal.drain import drain as drain_journal
from alarms.notification.plan import plan as plan_notifications
from catalog import jobs
from catalog.kinds import KINDS
from kernel.tenancy import TenantConnection
from tests.access.conftest import bearer
from tests.conftest import PASSWORD
from tests.contracts.http.known import PNG, PUSH_KEYS, SVG
from tests.ingest.conftest import drain
from web.clock import now_ms

NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z
SINK = {"name": "Bus", "settings": {"kind": "mqtt", "host": "broker.invalid"}}


@dataclass
class World:
    """`ids`: by name of the object; `words`: texts that must never reach another tenant."""

    tenant: TenantConnection
    row: Any
    client: Client
    ids: dict[str, str]

    @property
    def words(self) -> list[str]:
        return [*self.ids.values(), self.tenant.id, self.tenant.slug]

    def drawing(self) -> dict[str, Any]:
        tag = {"id": "n1", "sensor": self.ids["sensor"], "x": 10, "y": 10}
        placement = {"id": "p1", "symbol": "pump", "x": 40, "y": 40, "asset": self.ids["asset"]}
        return {"width": 400, "height": 300, "placements": [placement], "tags": [tag]}


def make_world(tenant: TenantConnection, row: Any) -> World:
    """People, tokens and invitations of the tenant, and a small plant."""
    admin = operations.create_user(f"admin-of-{tenant.slug}", PASSWORD)
    operations.ensure_membership(admin, row, "admin")
    client = bearer(operations.create_login_token(admin)[1])
    world = World(tenant, row, client, {})
    mark = secrets.token_hex(4)  # documents outlive a test, the rows of the relational database do not
    _make_people(world, mark)
    _make_plant(world, mark)
    return world


def _make_people(world: World, mark: str) -> None:
    person = operations.create_user(f"somebody-{mark}", PASSWORD)
    world.ids["member"] = operations.ensure_membership(person, world.row, "viewer").id
    operations.create_token(person, world.row, ["read"], f"token-{mark}")
    world.ids["token"] = ApiToken.objects.get(name=f"token-{mark}").id
    invited = call(world.client, "POST", "/api/v1/members/invite", {"role": "viewer"})
    world.ids["invitation"] = invited["id"]
    world.ids["me"] = Membership.objects.get(user__username=f"admin-of-{world.tenant.slug}").id


def _make_plant(world: World, mark: str) -> None:
    def make(kind: str, /, **values: Any) -> str:
        return str(call(world.client, "POST", f"/api/v1/{kind}", values)["id"])

    ids = world.ids
    ids["site_slug"] = f"site-{mark}"
    site = ids["site"] = make("sites", name=f"Site {mark}", slug=ids["site_slug"], timezone="UTC")
    ids["area"] = make("areas", site=site, name=f"Area {mark}")
    ids["asset"] = make("assets", site=site, tag=f"P-{mark}", name="Pump", type="pump", area=ids["area"])
    ids["other_asset"] = make("assets", site=site, tag=f"V-{mark}", name="Valve", type="valve")
    ids["connection"] = make(
        "connections", site=site, source=ids["asset"], target=ids["other_asset"], medium="chilled water"
    )
    ids["sensor"] = make("sensors", site=site, tag=f"TT-{mark}", name="Temperature", unit="°C", asset=ids["asset"])
    ids["tag"] = f"TT-{mark}"
    ids["job"] = jobs.queue(world.tenant, KINDS["sensors"], [], 1, NOW).id
    ids["import"] = call(world.client, "POST", "/api/v1/imports?dry_run=1", history_of(world))["id"]
    ids["correction"] = call(world.client, "POST", "/api/v1/corrections", deletion_of(world))["id"]
    ids["schematic"] = make("schematics", site=site, name=f"Loop {mark}", drawing=world.drawing())
    call(world.client, "PUT", f"/api/v1/schematics/{ids['schematic']}/draft", {"drawing": world.drawing()})
    ids["calculated"] = make("calculated", site=site, name=f"Twice {mark}", expression=f"{{TT-{mark}}} + 1 [K]")
    rule = {"by": "state", "sensor": ids["sensor"], "states": ["1"]}
    ids["runs"] = make("run-definitions", site=site, name=f"Runs {mark}", rule=rule, sensors=[ids["sensor"]])
    marked = {"start": NOW - 60_000, "end": NOW}
    marks = f"/api/v1/run-definitions/{ids['runs']}/marks"
    ids["run_mark"] = call(world.client, "POST", marks, marked)["id"]
    ids["bookmark"] = make("bookmarks", site=site, start=NOW, name=f"Start-up {mark}", shared=True)
    ids["template"] = make("schematic-templates", name=f"Skid {mark}", drawing=world.drawing())
    ids["symbol"] = make("symbols", name=f"Symbol {mark}", svg=SVG)
    ids["scan"] = make("schematics/scans", name=f"Scan {mark}", image=PNG)
    ids["deadletter"], ids["replayed_letter"] = (letter_of(world) for _ in range(2))
    ids["source"] = make("sources", name=f"Gateway {mark}", kind="influxdb", tokens=[ids["token"]])
    _make_workspace(world, mark)
    _make_events(world, mark)
    _make_notification(world, mark)
    _make_alarms(world, mark)
    ids["device_id"] = make("devices", name=f"Device {mark}")
    commands = f"/api/v1/devices/{ids['device_id']}/commands"
    ids["command"] = call(world.client, "POST", commands, {"kind": "restart"})["id"]
    _make_work(world, mark)


def _make_workspace(world: World, mark: str) -> None:
    ids = world.ids
    note = {"target": ids["sensor"], "text": f"Calibrated {mark}", "start": NOW}
    ids["annotation"] = call(world.client, "POST", "/api/v1/annotations", note)["id"]
    added = call(world.client, "POST", f"/api/v1/annotations/{ids['annotation']}/files?name=a.txt", mark.encode())
    ids["annotation_file"] = added["files"][0]["id"]
    view = {"name": f"View {mark}", "site": ids["site"], "trend": {"sensors": [ids["sensor"]]}, "shared": True}
    ids["saved_view"] = call(world.client, "POST", "/api/v1/saved-views", view)["id"]
    board = {"name": f"Board {mark}", "shared": True}
    ids["dashboard"] = call(world.client, "POST", "/api/v1/dashboards", board)["id"]


def _make_events(world: World, mark: str) -> None:
    ids = world.ids
    ids["event_type"], ids["device"], ids["event_table"] = f"type-{mark}", f"M-{mark}", f"shifts-{mark}"
    call(world.client, "PUT", f"/api/v1/event-types/{ids['event_type']}", {"fields": {}})
    call(world.client, "PUT", f"/api/v1/event-tables/{ids['event_table']}", {"rows": []})
    call(world.client, "POST", "/api/v1/events", [
        {"ts": NOW, "type": ids["event_type"], "device": ids["device"], "trace": mark * 1_000},
    ])  # fmt: skip
    drain(world.tenant)
    event = call(world.client, "GET", f"/api/v1/events?type={ids['event_type']}")["results"][0]
    ids["event"], ids["attachment"] = event["id"], event["attachments"]["trace"]["address"].rpartition("/")[2]


def _make_alarms(world: World, mark: str) -> None:
    ids = world.ids
    alert = {
        "status": "firing", "fingerprint": f"f{mark}", "startsAt": "2026-03-14T09:42:00Z",
        "labels": {"alertname": f"Alert {mark}", "site": ids["site_slug"]},
    }  # fmt: skip
    call(world.client, "POST", "/api/v1/alertmanager", {"alerts": [alert]})
    ids["alarm"] = f"external:f{mark}"
    plan_notifications(world.tenant, now_ms)
    drain_journal(world.tenant)
    ids["rule"] = call(world.client, "POST", "/api/v1/rules", rule_of(world, f"High {mark}"))["id"]
    sink = {**SINK, "name": f"Bus {mark}", "enabled": False}
    ids["alarm_sink"] = call(world.client, "POST", "/api/v1/alarm-sinks", sink)["id"]


def _make_work(world: World, mark: str) -> None:
    ids = world.ids
    failed = {"title": f"Vibration {mark}", "asset": ids["asset"], "failure": True}
    case = call(world.client, "POST", "/api/v1/cases", failed)
    ids["case"] = case["id"]
    added = call(world.client, "POST", f"/api/v1/cases/{case['id']}/files?name=a.txt", mark.encode())
    ids["case_file"], ids["case_note"] = added["notes"][0]["files"][0]["id"], added["notes"][0]["id"]
    ids["plan"] = call(world.client, "POST", "/api/v1/maintenance-plans", plan_of(world, f"Lubricate {mark}"))["id"]
    query = {"names": [f"Device {mark}"]}
    ids["campaign"] = call(world.client, "POST", "/api/v1/campaigns", {"name": f"Retrofit {mark}", "query": query})[
        "id"
    ]


def plan_of(world: World, name: str) -> dict[str, Any]:
    """A maintenance plan of the tenant's asset."""
    every = {"calendar": {"count": 6, "unit": "months"}}
    return {"name": name, "target": {"assets": [world.ids["asset"]]}, "every": every}


def _make_notification(world: World, mark: str) -> None:
    """A delivery, too: of the alarm that is raised next."""
    ids = world.ids
    base = "/api/v1/notification"
    email = {"kind": "email", "addresses": [f"{mark}@example.com"]}
    ids["channel"] = call(world.client, "POST", f"{base}/channels", {"name": f"Mail {mark}", "settings": email})["id"]
    ids["shift_plan"] = call(world.client, "POST", f"{base}/shifts", shifts_of(world, f"Shifts {mark}"))["id"]
    ids["route"] = call(world.client, "POST", f"{base}/routes", route_of(world, f"Route {mark}"))["id"]
    browser = {"endpoint": f"https://push.example.com/{mark}", "keys": PUSH_KEYS, "browser": f"Browser {mark}"}
    ids["push_subscription"] = call(world.client, "POST", f"{base}/push-subscriptions", browser)["id"]


def shifts_of(world: World, name: str) -> dict[str, Any]:
    """Shifts of the tenant's member."""
    entry = {"days": [1], "from": "06:00", "to": "14:00", "people": [world.ids["member"]]}
    return {"name": name, "zone": "UTC", "entries": [entry]}


def route_of(world: World, name: str) -> dict[str, Any]:
    """A route to the tenant's channel and whoever is on duty."""
    return {"name": name, "steps": [{"channels": [world.ids["channel"]], "shifts": [world.ids["shift_plan"]]}]}


def rule_of(world: World, name: str) -> dict[str, Any]:
    """A rule on the tenant's sensor."""
    trigger = {"kind": "limit", "side": "high", "limit": 14.5}
    return {"name": name, "applies": {"sensors": [world.ids["sensor"]]}, "trigger": trigger}


def deletion_of(world: World) -> dict[str, Any]:
    return {"action": "delete", "sensors": [world.ids["sensor"]], "start": NOW, "end": NOW + 1, "dry_run": True}


def line_of(world: World) -> str:
    """A sample of the tenant's sensor."""
    return f"{world.ids['site_slug']},sensor={world.ids['tag']} value=1 {NOW}000000"


def letter_of(world: World) -> str:
    """The id of a new dead letter of the tenant."""
    send(world.client, "POST", "/write", f"{world.ids['site_slug']},sensor=unknown value=1 {NOW}000000".encode())
    return str(call(world.client, "GET", "/api/v1/deadletters?limit=1")["results"][0]["id"])


@dataclass(frozen=True)
class Form:
    """A multipart body, as sent by browsers."""

    fields: dict[str, Any]


def history_of(world: World) -> Form:
    """One sample of the tenant's sensor."""
    file = SimpleUploadedFile("history.csv", f"time,{world.ids['tag']}\n2026-03-14T09:00:00Z,1.5\n".encode())
    return Form({"mapping": json.dumps({"site": world.ids["site_slug"]}), "file": file})


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    """A request that must succeed; returns its decoded response."""
    response = send(client, method, path, body)
    assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.content!r}"
    return json.loads(response.content) if response.content else None


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    """Bytes and forms go as they are, all else as JSON."""
    if isinstance(body, Form):
        return client.generic(method, path, encode_multipart(BOUNDARY, body.fields), content_type=MULTIPART_CONTENT)
    if isinstance(body, bytes):
        return client.generic(method, path, body, content_type="text/plain")
    data = b"" if body is None else json.dumps(body).encode()
    return client.generic(method, path, data, content_type="application/json")
