"""Valid requests with every declared member: tests change one and see what the server says about it.

Where members exclude one another an operation has several bodies; the first that has a member is the one to change.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from tests.contracts.http.callers import SPARE, TENANT, Caller
from tests.contracts.http.gate import Gate
from tests.contracts.http.known import DRAWING, NOW, references
from tests.installation import PASSWORD

Body = dict[str, Any]
EARLY = -1_000  # epoch ms: an `end` of 0 or -1 is after it
_OPERATORS = ("clusters", "disks", "releases", "rollouts", "tenants")
_IMAGE, _KUBECONFIG = "registry.example/influxdb:1.8.10", """
apiVersion: v1
kind: Config
current-context: north
contexts: [{name: north, context: {cluster: north, user: plantrace}}]
clusters: [{name: north, cluster: {server: "https://north.example:6443"}}]
users: [{name: plantrace, user: {token: abc}}]
"""  # fmt: skip
_LIMITS = (
    "sensors", "samples_per_s", "stream_length", "upload_bytes", "catalog_documents", "catalog_bytes", "dead_letters",
    "dead_letter_bytes",
)  # fmt: skip
_GATE = {"concurrency": 1, "upgraded_within_s": 60, "healthy_within_s": 60, "soak_s": 1, "max_lag_s": 60}
_SIZE = {"disk_gib": 20, "memory_mib": 1024, "cpu_milli": 1000}


def mark(word: str) -> str:
    """A name that nothing has yet."""
    return f"{word}-{secrets.token_hex(4)}"


class Examples:
    """Requests about the gate's objects, and some more that its requests do not need."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.operator, self.admin = gate, gate.callers["operator"], gate.callers["admin"]
        self.release = str(self._must(self.operator, "POST", "/api/v1/releases", json={"name": mark("1.0.0")})["name"])
        for slug in (TENANT, SPARE):  # so that roll-outs leave them alone
            self._must(self.operator, "PATCH", f"/api/v1/tenants/{slug}", json={"pinned": True})
        started = self._must(self.operator, "POST", "/api/v1/rollouts", json={"release": self.release})
        self.rollout = str(started["id"])
        self._must(self.operator, "PUT", "/api/v1/clusters/north", json={"kubeconfig": _KUBECONFIG})

    def caller(self, path: str) -> Caller:
        return self.operator if path.split("/")[3:4] and path.split("/")[3] in _OPERATORS else self.admin

    def address(self, path: str) -> str:
        """`path` about an object that exists, where one is needed for the request to be accepted."""
        kind = path.split("/")[3] if path.count("/") > 2 else ""
        known = {**self.gate.known, "rollouts": self.rollout}
        token = self._invitation() if kind == "invitations" else ""
        return path.format(id=known.get(kind, "none"), slug=SPARE, name="north", token=token)

    def query(self, path: str, parameters: Mapping[str, bool], name: str) -> dict[str, str]:
        """What the request needs beside the parameter `name`. `parameters`: whether each is required."""
        given = {**references(self.gate.known), "sensors": self.gate.known["sensors"]}
        query = {each: str(given.get(each, "")) for each, required in parameters.items() if required}
        if path.endswith("/samples") and name in ("cursor", "limit"):
            query["method"] = "raw"
        if path == "/api/v1/values" and name == "at":
            query["sensors"] = given["sensors"]
        return query

    def bodies(self, label: str) -> list[Body]:
        method, _, path = label.partition(" ")
        kind = path.split("/")[3]
        if label not in _BODIES and kind in _CATALOG:
            return self._catalog(kind, method, path.endswith("/bulk"))
        return _BODIES[label](self)

    def _catalog(self, kind: str, method: str, bulk: bool) -> list[Body]:
        drafts = [{"description": "As built", **draft} for draft in _CATALOG[kind](self.gate.known)]
        own = [{"id": self.gate.known[kind], "revision": 1, **draft} for draft in drafts]
        bodies = own if method in ("PUT", "PATCH") else [*drafts, *own]
        return [{"items": [body]} for body in bodies] if bulk else bodies

    def _invitation(self) -> str:
        made = self._must(self.admin, "POST", "/api/v1/members/invite", json={"role": "viewer"})
        return str(made["link"]).rpartition("/")[2]

    def _must(self, caller: Caller, method: str, path: str, **kwargs: Any) -> Any:
        return caller.must(self.gate.platform, method, path, **kwargs)


def _sites(known: Mapping[str, str]) -> list[Body]:
    return [{"name": mark("Site"), "timezone": "UTC", "slug": mark("site")}]


def _areas(known: Mapping[str, str]) -> list[Body]:
    return [{"site": known["sites"], "name": mark("Area"), "parent": None}]


def _assets(known: Mapping[str, str]) -> list[Body]:
    refers = {"site": known["sites"], "area": known["areas"], "parent": None}
    return [{**refers, "tag": mark("A"), "name": "Pump", "type": "pump", "properties": {"maker": "Works"}}]


def _sensors(known: Mapping[str, str]) -> list[Body]:
    own = {"site": known["sites"], "tag": mark("S")}
    measured = {"unit": "°C", "kind": "continuous", "range": [0, 90], "interval_s": 60, "sampling": "periodic"}
    return [
        {**own, **measured, "name": "Inlet", "asset": known["assets"], "trusted": True},
        {**own, "kind": "discrete", "states": {"0": "Stopped"}},
        {**own, "kind": "counter", "rollover": 1000, "tolerance": 1},
        {**own, "stored_as": {"factor": 1, "offset": 0, "unit": "°C"}},
    ]


def _connections(known: Mapping[str, str]) -> list[Body]:
    return [{"site": known["sites"], "source": "P-1", "target": "P-2", "medium": mark("water")}]


_CATALOG = {
    "sites": _sites,
    "areas": _areas,
    "assets": _assets,
    "sensors": _sensors,
    "connections": _connections,
}


def _drawings(known: Mapping[str, str]) -> list[Body]:
    """One with empty lists of parts, and one with parts of every kind."""
    tank = {"symbol": "tank", "x": 10, "y": 10, "width": 80, "height": 80, "rotate": 0, "label_at": "bottom"}
    bound = {"asset": known["assets"], "label": "Tank", "slots": {"level": {"sensor": known["sensors"], "above": 1}}}
    ends = {"source": {"placement": "a", "port": "out_right"}, "target": {"placement": "b", "port": "in_left"}}
    parts = {
        "placements": [{**tank, **bound, "id": "a"}, {**tank, "id": "b", "x": 200}],
        "pipes": [{"id": "p", **ends, "medium": "water", "via": [[100, 50]], "name": "Feed"}],
        "tags": [{
            "id": "t", "sensor": known["sensors"], "x": 1, "y": 1, "label": "Level", "of": "a", "anchor": "left",
        }],
        "texts": [{"id": "w", "x": 1, "y": 1, "text": "Hall", "size": "normal"}],
    }  # fmt: skip
    return [{**DRAWING, **{name: [] for name in parts}}, {**DRAWING, **parts}]


def _new_schematics(of: Examples) -> list[Body]:
    rest = {"site": of.gate.known["sites"], "valid_from": NOW, "note": "First"}
    return [{**rest, "name": mark("Loop"), "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _new_versions(of: Examples) -> list[Body]:
    rest = {"revision": 1, "valid_from": NOW, "note": "Second"}
    return [{**rest, "name": mark("Loop"), "drawing": drawing} for drawing in _drawings(of.gate.known)]


def _tenants(slug: str) -> list[Body]:
    """What excludes the rest: the local driver knows no clusters and no sizes, and there is no disk and no backup."""
    rest = {"name": "Works", "driver": "local", "release": "", "ring": "all", "limits": dict.fromkeys(_LIMITS, 10**6)}
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
_RETENTION = {"raw_days": 30, "ladder_days": 60}
_CHANGES = {"name": "Spare", "limits": dict.fromkeys(_LIMITS, 10**6), "ring": "all", "release": ""}
_BODIES = {
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
        {"name": "t", "tenant": TENANT, "scopes": ["read"], "expires": None, "current_password": PASSWORD}
    ],
    "PUT /api/v1/clusters/{name}": lambda of: [
        {"kubeconfig": _KUBECONFIG, "influx_url": "http://{namespace}.north.example:8086"}
    ],
    "POST /api/v1/corrections": _corrections,
    "POST /api/v1/deadletters/{id}/replay": lambda of: [{"item": f"site,sensor=TT-1 value=1 {NOW}000000"}],
    "POST /api/v1/deadletters/replay": lambda of: [{"ids": [of.gate.known["deadletters"]]}],
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
    "POST /api/v1/schematics": _new_schematics,
    "PUT /api/v1/schematics/{id}": _new_versions,
    "POST /api/v1/tenants": lambda of: _tenants(TENANT),
    "POST /api/v1/tenants/preview": lambda of: _tenants("planned"),
    "PATCH /api/v1/tenants/{slug}": lambda of: [_CHANGES, {"size": _SIZE}],
}
