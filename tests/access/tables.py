"""What each endpoint refers to, for the outsider test: add a line here with every new endpoint.

An endpoint with a tenant's object in its path is `NAMED`; one that lists is in `LISTS`; one whose body or query may
name objects is in `references`; for the others there is a reason why they contain nothing of a tenant.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.world import (
    NOW,
    SINK,
    World,
    line_of,
    plan_of,
    route_of,
    rule_of,
    shifts_of,
)

Body = Callable[[World], Any]


@dataclass(frozen=True)
class Named:
    """An endpoint that names a tenant's object: which one, and a valid body and query for each method."""

    object: str
    bodies: dict[str, Body] = field(default_factory=dict)
    query: str = ""
    argument: str = "id"


def with_revision(**values: Any) -> Body:
    return lambda world: {**values, "revision": 1}


def connection(world: World) -> dict[str, str]:
    return {"site": world.ids["site"], "source": world.ids["asset"], "target": world.ids["other_asset"]}


def calculation(world: World) -> str:
    return f"2 * {{{world.ids['tag']}}} - {{{world.ids['sensor']}}}"


def tile_of(kind: str, world: World) -> dict[str, Any]:
    """A dashboard's tile that names one of the tenant's objects."""
    names: dict[str, Any] = {
        "values": {"sensors": [world.ids["sensor"]]},
        "view": {"view": world.ids["saved_view"]},
        "schematic": {"schematic": world.ids["schematic"]},
    }
    return {"id": "a", "kind": kind, "x": 0, "y": 0, "width": 4, "height": 4, **names[kind]}


ALARM_ACTIONS: dict[str, dict[str, Any]] = {
    "acknowledge": {}, "shelve": {"until": int(time.time() * 1000) + 3_600_000, "reason": "x"}, "unshelve": {},
    "reset": {}, "out-of-service": {"reason": "x"}, "in-service": {}, "note": {"note": "x"},
}  # fmt: skip
SPAN = f"?start={NOW - 3_600_000}&end={NOW}"

# In the order in which the victim's own users call them; deletions come last, in reverse order.
NAMED: dict[str, Named] = {
    "site": Named(
        "site",
        {
            "patch": with_revision(name="Renamed"),
            "put": lambda w: {"name": "Put", "slug": w.ids["site_slug"], "timezone": "UTC", "revision": 2},
        },
        "?cascade=1",
    ),
    "area": Named(
        "area",
        {
            "patch": with_revision(description="x"),
            "put": lambda w: {"site": w.ids["site"], "name": "Put", "revision": 2},
        },
        "?cascade=1",
    ),
    "asset": Named(
        "asset",
        {
            "patch": with_revision(name="Renamed"),
            "put": lambda w: {"site": w.ids["site"], "tag": "P-put", "revision": 2},
        },
        "?cascade=1",
    ),
    "asset-upstream": Named("asset"),
    "asset-downstream": Named("asset"),
    "sensor": Named(
        "sensor",
        {
            "patch": with_revision(name="Renamed"),
            "put": lambda w: {"site": w.ids["site"], "tag": w.ids["tag"], "unit": "°C", "revision": 2},
        },
        "?cascade=1",
    ),
    "sensor-suggestions": Named("sensor"),
    "connection": Named(
        "connection",
        {
            "patch": with_revision(description="x"),
            "put": lambda w: {**connection(w), "medium": "air", "revision": 2},
        },
    ),
    "job": Named("job"),
    "job-cancel": Named("job"),
    "import": Named("import"),
    "import-start": Named("import"),  # 409: its dry run has not ended
    "import-cancel": Named("import"),
    "import-ranges": Named("import"),
    "import-undo": Named("import"),  # 409: its dry run has not ended
    "correction": Named("correction"),
    "correction-start": Named("correction"),  # 409: its dry run has not ended
    "correction-cancel": Named("correction"),
    "correction-undo": Named("correction"),  # 409: it has written nothing
    "deadletter": Named("deadletter"),
    "deadletter-replay": Named("replayed_letter", {"post": lambda w: {"item": line_of(w)}}),
    "source": Named("source", {"patch": with_revision(name="Renamed")}),
    "event": Named("event"),
    "event-attachment": Named("event", argument="id"),
    "event-type": Named("event_type", {"put": lambda w: {"fields": {}, "revision": 1}}, argument="type"),
    "event-type-versions": Named("event_type", argument="type"),
    "event-type-version": Named("event_type", argument="type"),
    "event-type-proposal": Named("event_type", argument="type"),
    "event-type-overflow": Named("event_type", argument="type"),
    "event-type-replay": Named("event_type", {"post": lambda w: {}}, argument="type"),
    "event-table-rows": Named(
        "event_table", {"put": lambda w: b"shift\r\nearly\r\n"}, argument="name"
    ),  # 409: it does not name a revision
    "event-table": Named("event_table", {"put": lambda w: {"rows": [], "revision": 1}}, argument="name"),
    "device": Named("device_id", {"patch": with_revision(note="Hall 3")}),
    "device-commands": Named("device_id", {"post": lambda w: {"kind": "restart"}}),
    "device-facts": Named("device_id"),
    "command": Named("command"),
    "own-command-acknowledge": Named("command", {"post": lambda w: {"outcome": "done"}}),  # 403: only its device may
    "command-cancel": Named("command"),
    "samples": Named("sensor", query=SPAN),
    "statistics": Named("sensor", query=SPAN),
    "totals": Named("sensor", query=SPAN),
    "distribution": Named("sensor", query=SPAN),
    "site-retention": Named("site", {"put": lambda w: {"raw_days": 400}}),
    "site-samples": Named("site", query="?confirm={site_slug}"),
    "schematic": Named("schematic", {"put": lambda w: {"drawing": w.drawing(), "revision": 1}}),
    "schematic-draft": Named("schematic", {"put": lambda w: {"drawing": w.drawing(), "revision": 1}}),
    "schematic-drafts": Named("schematic"),
    "schematic-preview": Named("schematic", {"post": lambda w: {}}),
    "schematic-publish": Named(
        "schematic", {"post": lambda w: {"drawing": w.drawing(), "base": 1}}
    ),  # 409: not the newest
    "schematic-frame": Named("schematic"),
    "schematic-playback": Named("schematic", query=f"{SPAN}&frames=10"),
    "bookmark": Named("bookmark", {"put": lambda w: {"start": NOW, "name": "Changed", "revision": 1}}),
    "symbol": Named("symbol", {"put": lambda w: {"name": "Changed", "revision": 1}}),
    "calculated-one": Named(
        "calculated",
        {"put": lambda w: {"name": f"Spread {w.tenant.slug}", "expression": calculation(w), "revision": 1}},
    ),
    "calculated-samples": Named("calculated", query=SPAN),
    "run-definition": Named(
        "runs", {"put": lambda w: {"name": f"Runs {w.tenant.slug}", "rule": {"by": "hand"}, "revision": 1}}
    ),
    "runs": Named("runs", query=SPAN),
    "run-marks": Named("runs", {"post": lambda w: {"start": NOW - 1, "end": NOW}}),
    "run-mark": Named("run_mark"),
    "scan": Named("scan"),
    "schematic-template": Named(
        "template", {"put": lambda w: {"name": "Changed", "drawing": w.drawing(), "revision": 1}}
    ),
    "annotation": Named(
        "annotation",
        {"put": lambda w: {"target": w.ids["sensor"], "text": "Changed", "start": NOW, "revision": 2}},
    ),
    "annotation-files": Named("annotation", {"post": lambda w: b"more"}, "?name=more.txt"),
    "annotation-file": Named("annotation"),
    "saved-view": Named(
        "saved_view",
        {"put": lambda w: {"name": "Changed", "site": w.ids["site"], "trend": {}, "shared": True, "revision": 1}},
    ),
    "dashboard": Named("dashboard", {"put": lambda w: {"name": "Changed", "shared": True, "revision": 1}}),
    "rule": Named("rule", {"put": lambda w: {**rule_of(w, f"Changed {w.tenant.slug}"), "revision": 1}}),
    "rule-versions": Named("rule"),
    "alarm-sink": Named("alarm_sink", {"put": lambda w: {**SINK, "name": "Changed", "revision": 1}}),
    "alarm-sink-test": Named("alarm_sink"),
    "case": Named(
        "case", {"put": lambda w: {"title": f"Changed {w.tenant.slug}", "asset": w.ids["asset"], "revision": 1}}
    ),
    "case-notes": Named("case", {"post": lambda w: {"text": "Ordered a bearing"}}),
    "case-files": Named("case", {"post": lambda w: b"more"}, "?name=more.txt"),
    "case-file": Named("case"),
    "maintenance-plan": Named("plan", {"put": lambda w: {**plan_of(w, f"Changed {w.tenant.slug}"), "revision": 1}}),
    "campaign": Named(
        "campaign", {"put": lambda w: {"name": "Changed", "query": {"names": ["Device *"]}, "revision": 1}}
    ),
    "campaign-devices": Named("campaign", {"post": lambda w: {"devices": [w.ids["device_id"]], "progress": "done"}}),
    "campaign-cases": Named("campaign", {"post": lambda w: {"devices": [w.ids["device_id"]]}}),
    "notification-channel": Named(
        "channel", {"put": with_revision(name="Changed", settings={"kind": "email", "addresses": ["a@example.com"]})}
    ),
    "notification-channel-test": Named("channel"),
    "shift-plan": Named("shift_plan", {"put": lambda w: {**shifts_of(w, "Changed"), "revision": 1}}),
    "notification-route": Named("route", {"put": lambda w: {**route_of(w, "Changed"), "revision": 1}}),
    "push-subscription": Named("push_subscription"),
    "member": Named("member", {"patch": lambda w: {"role": "engineer"}}),
    "member-reset": Named("member"),
    "invitation-of-tenant": Named("invitation"),
    "token": Named("token"),
}

# Lists: an outsider's response contains nothing of the victim's.
LISTS = {
    "sites", "areas", "assets", "sensors", "connections", "jobs", "imports", "corrections", "deadletters", "schematics",
    "symbols", "drafts", "schematic-templates", "annotations", "saved-views", "dashboards", "sources", "events",
    "event-types", "event-tables", "devices", "members", "invitations", "tokens", "audit", "me", "session", "units",
    "calculated", "run-definitions", "scans", "bookmarks", "alarms", "journal", "rules", "rules-yaml",
    "alarm-performance", "alarm-sinks", "cases", "case-people", "maintenance-plans", "campaigns", "reliability",
    "notification-channels", "notification-routes", "shift-plans", "notification-people",
    "notification-deliveries", "push-subscriptions",
}  # fmt: skip

# For operators only. Others get the same 403 for existing and unknown slugs.
OPERATORS = {
    "tenants", "tenant", "tenant-retry", "tenants-preview", "tenants-options", "tenant-manifest", "disks", "disk",
    "tenant-backups", "tenant-backup", "tenant-backup-cancel", "releases", "release", "metrics",
    "rollouts", "rollout", "rollout-members", "rollout-events", "rollout-pause", "rollout-resume", "rollout-rollback",
    "clusters", "cluster",
}  # fmt: skip

# No object of a tenant in it, because …
NOTHING_OF_A_TENANT = {
    "login": "it takes a name and a password",
    "logout": "it ends the token that asks",
    "my-password": "it changes the caller's own",
    "password-reset": "it answers everybody alike",
    "password-reset-confirm": "it takes the secret of a link",
    "invitation": "it takes the secret of a link, which is the invited person's key",
    "alertmanager": "it makes alarms of the caller's own tenant",
    "alarm-settings": "it tells the caller's own setting, numbers",
    "mapping-replay": "it replays the caller's own letters",
    "own-heartbeat": "it is of the device that its token is bound to, or of one that it names in its own tenant",
    "own-commands": "they are of the device that its token is bound to",
    "own-commands-take": "they are of the device that its token is bound to",
    "own-facts": "they are about the device that its token is bound to",
    "event-retention": "it tells the caller's own setting, a number",
    "ladder": "it counts the caller's own sensors",
    "flow": "it counts the caller's own samples",
    "series": "it counts the caller's own sensors",
    "retention": "it tells the caller's own settings, two numbers",
    "ping": "it tells a version",
    "health": "it tells a version",
    "ready": "it tells since when the process lives",
    "healthz": "it tells that the process lives",
    "readyz": "it names the platform's parts and, of the caller's own tenant, whether its database answers",
    "schema": "it describes the API",
}
