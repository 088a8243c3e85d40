"""Valid requests with every declared member: tests change one and see what the server says about it.

Where members exclude one another an operation has several bodies; the first that has a member is the one to change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.http.callers import SPARE, TENANT, Caller
from tests.contracts.http.examples_alarms import ALARM_BODIES
from tests.contracts.http.examples_catalog import CATALOG, sensors
from tests.contracts.http.examples_drawings import DRAWING_BODIES
from tests.contracts.http.examples_work import WORK_BODIES
from tests.contracts.http.gate import Gate
from tests.contracts.http.known import NOW, Body, mark, object_at, references
from tests.installation import PASSWORD

EARLY = -1_000  # epoch ms: an `end` of 0 or -1 is after it
_OPERATORS = ("clusters", "disks", "releases", "rollouts", "tenants")
_OWN = "/api/v1/device/"
_IMAGE, _KUBECONFIG = "registry.example/influxdb:1.8.10", """
apiVersion: v1
kind: Config
current-context: north
contexts: [{name: north, context: {cluster: north, user: plantrace}}]
clusters: [{name: north, cluster: {server: "https://north.example:6443"}}]
users: [{name: plantrace, user: {token: abc}}]
"""  # fmt: skip
_LIMITS = (
    "sensors", "samples_per_s", "requests_per_s", "stream_length", "upload_bytes", "catalog_documents",
    "catalog_bytes", "dead_letters", "dead_letter_bytes", "new_series_per_hour", "events_per_s", "events_per_day",
    "event_attachment_bytes", "heartbeats_per_s",
)  # fmt: skip
_ALL_LIMITS = {
    **dict.fromkeys(_LIMITS, 10**5),
    "event_types": 100,
    "event_fields": 100,
    "devices": 100,
    "open_commands": 100,
}
_GATE = {"concurrency": 1, "upgraded_within_s": 60, "healthy_within_s": 60, "soak_s": 1, "max_lag_s": 60}
_SIZE = {"disk_gib": 20, "memory_mib": 1024, "cpu_milli": 1000}


class Examples:
    """Requests about the gate's objects, and some more that its requests do not need."""

    def __init__(self, gate: Gate) -> None:
        self.gate: Gate = gate
        self.changed = True  # objects of the gate, by a request that was accepted
        self.revisions: dict[str, int] = {}  # of objects that were replaced, by address
        self.operator, self.admin = gate.callers["operator"], gate.callers["admin"]
        self.release = str(self._must(self.operator, "POST", "/api/v1/releases", json={"name": mark("1.0.0")})["name"])
        for slug in (TENANT, SPARE):  # so that roll-outs leave them alone
            self._must(self.operator, "PATCH", f"/api/v1/tenants/{slug}", json={"pinned": True})
        started = self._must(self.operator, "POST", "/api/v1/rollouts", json={"release": self.release})
        self.rollout = str(started["id"])
        self._must(self.operator, "PUT", "/api/v1/clusters/north", json={"kubeconfig": _KUBECONFIG})
        self.device_name = mark("Press")
        self.device_id = str(self._must(self.admin, "POST", "/api/v1/devices", json={"name": self.device_name})["id"])
        bound = {"name": "press", "scopes": ["ingest"], "tenant": TENANT, "device": self.device_id}
        self.device = Caller("device", str(self._must(self.admin, "POST", "/api/v1/tokens", json=bound)["token"]))

    def caller(self, path: str) -> Caller:
        if path.startswith(_OWN):
            return self.device
        return self.operator if path.split("/")[3:4] and path.split("/")[3] in _OPERATORS else self.admin

    def address(self, path: str) -> str:
        """`path` about an object that exists, where one is needed for the request to be accepted."""
        if path.startswith(_OWN) and "{id}" in path:
            return path.format(id=self._taken_command())
        here = object_at(path, self.gate.known)
        kind = path.split("/")[3] if path.count("/") > 2 else ""
        token = self._invitation() if kind == "invitations" else ""
        named = (here[1] if here else self._id(kind)) if "{id}" in path else ""
        name = self._id(kind) if kind == "event-tables" else "north"
        type_ = self._id(kind) if "{type}" in path else ""
        return path.format(id=named, slug=SPARE, name=name, token=token, type=type_, version=1, file="none")

    def _id(self, kind: str) -> str:
        return self.rollout if kind == "rollouts" else self.gate.known.get(kind, "none")

    def query(self, path: str, parameters: Mapping[str, bool], name: str) -> dict[str, str]:
        """What the request needs beside the parameter `name`. `parameters`: whether each is required."""
        known, given = self.gate.known, {"q": "SHOW DATABASES", "name": "a.txt"}
        if any(parameters.values()):
            given |= {**references(known), "sensors": known["sensors"], "sensor": known["sensors"]}
        query = {each: str(given.get(each, "")) for each, required in parameters.items() if required}
        if path.endswith("/samples") and name in ("cursor", "limit"):
            query["method"] = "raw"
        if path == "/api/v1/values" and name == "at":
            query["sensors"] = known["sensors"]
        return query

    def bodies(self, label: str) -> list[Body]:
        method, _, path = label.partition(" ")
        kind = path.split("/")[3]
        if label not in _BODIES and kind in CATALOG:
            return self._catalog(kind, method, path.endswith("/bulk"))
        of_known = {**ALARM_BODIES, **WORK_BODIES}
        return of_known[label](self.gate.known) if label in of_known else _BODIES[label](self)

    def as_it_is_now(self, label: str, body: Body) -> Body:
        """The body with the revision that its object has by now."""
        revision = self.revisions.get(self.address(label.partition(" ")[2])) if "revision" in body else None
        return body if revision is None else {**body, "revision": revision}

    def _catalog(self, kind: str, method: str, bulk: bool) -> list[Body]:
        drafts = [{"description": "As built", **draft} for draft in CATALOG[kind](self.gate.known)]
        own = [{"id": self.gate.known[kind], "revision": 1, **draft} for draft in drafts]
        bodies = own if method in ("PUT", "PATCH") else [*drafts, *own]
        return [{"items": [body]} for body in bodies] if bulk else bodies

    def sender(self) -> str:
        """The id of a token that no source has yet."""
        own = {"name": mark("sender"), "scopes": ["ingest"], "tenant": TENANT}
        return str(self._must(self.admin, "POST", "/api/v1/tokens", json=own)["id"])

    def names(self) -> list[Body]:
        """Of the sensor as it is now: each of them changes its revision."""
        id = self.gate.known["sensors"]
        now = self._must(self.admin, "GET", f"/api/v1/sensors/{id}")["revision"]
        items = [{"description": "As built", **draft, "id": id, "revision": now} for draft in sensors(self.gate.known)]
        return [{"items": [item]} for item in items]

    def must(self, method: str, path: str, **kwargs: Any) -> Any:
        return self._must(self.admin, method, path, **kwargs)

    def mapping_revision(self) -> int:
        return int(self._must(self.admin, "GET", "/api/v1/mapping")["revision"])

    def _taken_command(self) -> str:
        path = f"/api/v1/devices/{self.device_id}/commands"
        sent = self._must(self.admin, "POST", path, json={"kind": "restart", "expires_in_s": 60})
        self._must(self.device, "POST", f"{_OWN}commands/take", json={"count": 20})
        return str(sent["id"])

    def _invitation(self) -> str:
        made = self._must(self.admin, "POST", "/api/v1/members/invite", json={"role": "viewer"})
        return str(made["link"]).rpartition("/")[2]

    def _must(self, caller: Caller, method: str, path: str, **kwargs: Any) -> Any:
        return caller.must(self.gate.platform, method, path, **kwargs)


def _mapping(of: Examples) -> Body:
    rule = {
        "name": "plant/{line}/{device}", "site": of.gate.known["sites"], "sensor": "{line}.{device}.{field}",
        "tags": {"host": "{host}"}, "field": "{field}", "source": "influxdb", "unit": "kPa", "scale": 0.1, "offset": 1,
        "description": "Pressures", "enabled": True,
    }  # fmt: skip
    apart = {"influxdb": {"tag": "node", "by": "time"}}
    return {"unmatched": "keep", "site": of.gate.known["sites"], "distinguish": apart, "rules": [rule]}


def _tenants(slug: str) -> list[Body]:
    """What excludes the rest: the local driver knows no clusters and no sizes, and there is no disk and no backup."""
    rest = {"name": "Works", "driver": "local", "release": "", "ring": "all", "limits": _ALL_LIMITS}
    others = ({"cluster": "north"}, {"size": _SIZE}, {"adopt_disk": "none"}, {"restore": "none"})
    return [{"slug": slug, **rest}, *({"slug": slug, **other} for other in others)]


def _corrections(of: Examples) -> list[Body]:
    base = {"sensors": [of.gate.known["sensors"]], "start": EARLY, "end": NOW, "dry_run": True}
    more: list[Body] = [{"action": "delete"}, {"action": "shift", "by_ms": 1000}, {"action": "convert", "unit": "°F"}]
    return [{**base, **each} for each in more]


def _release(of: Examples) -> list[Body]:
    images = {"influxdb": _IMAGE, "plantrace": _IMAGE}
    settings = {"cacheMaxMemory": "512m", "snapshotColdDuration": "2m"}
    rest = {"chart_version": "1.4.0", "notes": "None"}
    return [{"name": mark("2.0.0"), "images": images, "settings": settings, **rest}]


_CREDENTIALS = {"username": "admin", "password": PASSWORD}


def _runs(of: Examples) -> list[Body]:
    """By each rule."""
    sensor = of.gate.known["sensors"]
    rest = {"min_duration_s": 60, "max_gap_s": 5, "sensors": [sensor], "description": "Batches"}
    best = [{"figure": "duration", "lowest": True}, *[{"figure": "mean", "sensor": sensor}] * 3]
    rules: list[Body] = [
        {"by": "state", "sensor": sensor, "states": ["1"]},
        {"by": "threshold", "sensor": sensor, "above": -10, "below": 2, "unit": "°C"},
        {"by": "event", "start_event": "begin", "end_event": "finish", "device": "M-1"},
        {"by": "hand"},
    ]
    return [{**rest, "rule": rule, "best": by} for rule, by in zip(rules, best, strict=True)]


def _calculation(of: Examples) -> Body:
    sensor = f"{{{of.gate.known['sensors']}}}"
    rest = {"unit": "°C", "description": "Mean", "note": "First"}
    return {"name": mark("Mean"), "expression": f"({sensor} + {sensor}) / 2", **rest}


_RETENTION = {"raw_days": 30, "ladder_days": 60}
_CHANGES = {"name": "Spare", "limits": _ALL_LIMITS, "ring": "all", "release": ""}


def _annotation(of: Examples) -> Body:
    about = {"target": of.gate.known["sensors"], "link": "https://wiki.example/pump"}
    return {**about, "text": "Calibrated", "start": EARLY, "end": NOW}


def _views(of: Examples) -> list[Body]:
    rest = {"site": of.gate.known["sites"], "shared": True, "default": True}
    trends: list[Body] = [
        {"sensors": [of.gate.known["sensors"], None], "range": "8h", "options": {"mode": "band"}},
        {"start": EARLY, "end": NOW},
    ]
    return [{**rest, "name": mark("View"), "trend": trend} for trend in trends]


def _dashboards(of: Examples) -> list[Body]:
    shapes: list[Body] = [
        {"kind": "trend", "sensors": [of.gate.known["sensors"]], "range": "8h"},
        {"kind": "schematic", "schematic": of.gate.known["schematics"]},
        {"kind": "text", "text": "Hall 3"},
    ]
    shapes.append({"kind": "view", "view": of.must("POST", "/api/v1/saved-views", json=_views(of)[0])["id"]})
    place = {"id": "t1", "title": "Hall", "x": 0, "y": 1, "width": 4, "height": 4}
    rest = {"range": "8h", "shared": True, "default": False}
    return [{"name": mark("Board"), **rest, "tiles": [{**place, **shape}]} for shape in shapes]


_BODIES: dict[str, Callable[[Examples], list[Any]]] = {
    "POST /api/v1/invitations/{token}": lambda of: [
        {"username": mark("new"), "password": PASSWORD, "name": "Somebody new"}
    ],
    "POST /api/v1/login": lambda of: [_CREDENTIALS],
    "POST /api/v1/session": lambda of: [_CREDENTIALS],
    "PATCH /api/v1/me": lambda of: [
        {"name": "Admin", "email": f"{mark('admin')}@example.com", "current_password": PASSWORD}
    ],
    "POST /api/v1/me/password": lambda of: [{"current": PASSWORD, "new": f"{PASSWORD} 2"}],
    "PATCH /api/v1/members/{id}": lambda of: [{"role": "viewer"}],
    "POST /api/v1/members/invite": lambda of: [{"role": "viewer", "email": "new@example.com", "tenant": TENANT}],
    "POST /api/v1/password-reset": lambda of: [{"username": "nobody"}],
    "POST /api/v1/password-reset/confirm": lambda of: [{"token": "none", "password": PASSWORD}],
    "POST /api/v1/tokens": lambda of: [
        {"name": "t", "tenant": TENANT, "scopes": ["read"], "expires": None, "current_password": PASSWORD, "device": ""}
    ],
    "POST /api/v1/annotations": lambda of: [_annotation(of)],
    "PUT /api/v1/annotations/{id}": lambda of: [{**_annotation(of), "revision": 1}],
    "POST /api/v1/saved-views": _views,
    "PUT /api/v1/saved-views/{id}": lambda of: [{**view, "revision": 1} for view in _views(of)],
    "POST /api/v1/dashboards": _dashboards,
    "PUT /api/v1/dashboards/{id}": lambda of: [{**board, "revision": 1} for board in _dashboards(of)],
    "PUT /api/v1/clusters/{name}": lambda of: [
        {"kubeconfig": _KUBECONFIG, "influx_url": "http://{namespace}.north.example:8086"}
    ],
    "POST /api/v1/corrections": _corrections,
    "PUT /api/v1/mapping": lambda of: [{**_mapping(of), "revision": of.mapping_revision()}],
    "POST /api/v1/mapping/test": lambda of: [_mapping(of)],
    "POST /api/v1/sources": lambda of: [
        {
            "name": mark("Gateway"),
            "kind": "events",
            "tokens": [of.sender()],
            "description": "In the basement",
            "on_error": "retry",
        }
    ],
    "PATCH /api/v1/sources/{id}": lambda of: [
        {
            "name": mark("Gateway"),
            "tokens": [of.sender()],
            "description": "Old",
            "on_error": "stop",
            "paused": False,
            "revision": 1,
        }
    ],
    "POST /api/v1/sensors/name": lambda of: of.names(),
    "POST /api/v1/deadletters/{id}/replay": lambda of: [{"item": f"site,sensor=TT-1 value=1 {NOW}000000"}],
    "POST /api/v1/deadletters/replay": lambda of: [{"ids": [of.gate.known["deadletters"]]}],
    "POST /api/v1/events": lambda of: [
        [{"ts": NOW, "type": "gate", "device": "M-1", "firmware": "1.0"}],
    ],
    "PUT /api/v1/event-retention": lambda of: [{"days": 400}],
    "PUT /api/v1/event-types/{type}": lambda of: [
        {"fields": {"n": {"type": "number", "unit": "°C", "sensor": ""}}, "revision": 1, "note": "First"}
    ],
    "POST /api/v1/event-types/{type}/replay": lambda of: [{"cursor": f"{NOW}000000 {'v' * 28}"}],
    "PUT /api/v1/event-tables/{name}": lambda of: [
        {
            "rows": [{"values": {"shift": "early"}, "key": "M-1", "from": 0, "daily": ["06:00", "14:00"]}],
            "key": "device",
            "types": ["gate"],
            "timezone": "UTC",
            "revision": 1,
            "note": "First",
        },
        {"rows": [{"values": {"shift": "early"}, "to": NOW}], "revision": 1},
    ],
    "POST /api/v1/devices": lambda of: [
        {"name": mark("Press"), "asset": of.gate.known["assets"], "interval_s": 60, "note": "Hall 3"}
    ],
    "PATCH /api/v1/devices/{id}": lambda of: [
        {"name": mark("Press"), "asset": of.gate.known["assets"], "interval_s": 60, "note": "Hall 3", "revision": 1}
    ],
    "POST /api/v1/devices/{id}/commands": lambda of: [
        {"kind": "restart", "parameters": {"delay_s": 5}, "expires_in_s": 60}
    ],
    "POST /api/v1/device/heartbeat": lambda of: [
        {"device": of.device_name, "firmware": "2.4.1", "configuration": "line-3", "interval_s": 60}
    ],
    "POST /api/v1/device/commands/take": lambda of: [{"count": 1}],
    "POST /api/v1/device/commands/{id}/acknowledge": lambda of: [{"outcome": "done", "result": "restarted"}],
    "POST /api/v1/releases": _release,
    "PUT /api/v1/retention": lambda of: [_RETENTION],
    "PUT /api/v1/sites/{id}/retention": lambda of: [_RETENTION],
    "POST /api/v1/rollouts": lambda of: [
        {"release": of.release, "gate": _GATE},
        {"release": of.release, "gate": {"at_once": 1, "most_lag_s": 60}},
    ],
    "POST /api/v1/rollouts/{id}/rollback": lambda of: [{"tenant": SPARE}, {"ring": "all"}],
    "POST /api/v1/samples/query": lambda of: [
        {
            "sensors": [of.gate.known["sensors"]],
            "start": EARLY,
            "end": NOW,
            "points": 100,
            "method": "auto",
            "format": "json",
        }
    ],
    "POST /api/v1/calculated": lambda of: [{"site": of.gate.known["sites"], **_calculation(of)}],
    "PUT /api/v1/calculated/{id}": lambda of: [{**_calculation(of), "revision": 1}],
    "POST /api/v1/calculated/check": lambda of: [
        {"site": of.gate.known["sites"], "expression": f"{{{of.gate.known['sensors']}}} - 3 [K]", "unit": "°F"}
    ],
    "POST /api/v1/run-definitions": lambda of: [
        {"site": of.gate.known["sites"], "name": mark("Runs"), **runs} for runs in _runs(of)
    ],
    "PUT /api/v1/run-definitions/{id}": lambda of: [
        {"name": mark("Runs"), **runs, "revision": 1} for runs in _runs(of)
    ],
    "POST /api/v1/run-definitions/{id}/marks": lambda of: [{"start": EARLY, "end": 1_000, "note": "Trial"}],
    "POST /api/v1/runs/overlay": lambda of: [
        {"sensor": of.gate.known["sensors"], "runs": [{"start": EARLY, "end": NOW}], "points": 10}
    ],
    **DRAWING_BODIES,
    "POST /api/v1/bookmarks": lambda of: [
        {"site": of.gate.known["sites"], "start": EARLY, "name": mark("Test")},
        {"site": of.gate.known["sites"], "start": EARLY, "end": NOW, "name": mark("Run"), "note": "A", "shared": True},
    ],
    "PUT /api/v1/bookmarks/{id}": lambda of: [
        {"start": EARLY, "end": NOW, "name": mark("Test"), "note": "B", "revision": 1}
    ],
    "POST /api/v1/tenants": lambda of: _tenants(TENANT),
    "POST /api/v1/tenants/preview": lambda of: _tenants("planned"),
    "PATCH /api/v1/tenants/{slug}": lambda of: [_CHANGES, {"size": _SIZE}],
}
