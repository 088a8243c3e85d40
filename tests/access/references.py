"""The bodies and queries that may name a tenant's objects, by endpoint, for the outsider test."""

from __future__ import annotations

from tests.access.tables import ALARM_ACTIONS, Body, calculation, connection, tile_of
from tests.access.world import (
    NOW,
    deletion_of,
    history_of,
    plan_of,
    rule_of,
    shifts_of,
)
from tests.contracts.http.known import PLANT_MODEL

# Endpoints whose body or query may name a tenant's objects: the victim's are as unknown there as invented ones.
REFERENCES: dict[str, list[tuple[str, str, Body]]] = {
    "areas": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "name": "Mine"}),
    ],
    "assets": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?area={area}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "tag": "MINE"}),
    ],
    "sensors": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?asset={asset}", lambda w: None),
        ("get", "?area={area}", lambda w: None),
        ("get", "?q={tag}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "tag": "MINE"}),
        ("post", "", lambda w: {"site": w.ids["site_slug"], "tag": "MINE"}),
    ],
    "connections": [
        ("get", "?site={site}", lambda w: None),
        (
            "post",
            "",
            connection,
        ),
    ],
    "areas-bulk": [("post", "", lambda w: {"items": [{"site": w.ids["site"], "name": "Mine"}]})],
    "assets-bulk": [("post", "", lambda w: {"items": [{"site": w.ids["site"], "tag": "MINE"}]})],
    "sensors-bulk": [("post", "", lambda w: {"items": [{"site": w.ids["site"], "tag": "MINE"}]})],
    "connections-bulk": [
        (
            "post",
            "",
            lambda w: {"items": [connection(w)]},
        )
    ],
    "sensors-name": [("post", "", lambda w: {"items": [{"id": w.ids["sensor"], "name": "Mine"}]})],
    "mapping": [("put", "", lambda w: {"site": w.ids["site"], "revision": 1})],
    "mapping-test": [("post", "", lambda w: {"site": w.ids["site"]})],
    "sites-bulk": [],  # a site refers to nothing; its slug is the tenant's own
    "corrections": [("post", "", deletion_of)],
    "deadletters": [("delete", "?until={deadletter}", lambda w: None)],
    "events": [("get", "?device={device}", lambda w: None), ("get", "?type={event_type}", lambda w: None)],
    "deadletters-replay": [("post", "", lambda w: {"ids": [w.ids["deadletter"], w.ids["replayed_letter"]]})],
    "imports": [("post", "", history_of), ("post", "?dry_run=1", history_of)],
    "samples-query": [
        ("post", "", lambda w: {"sensors": [w.ids["sensor"]], "start": NOW - 3_600_000, "end": NOW, "points": 10}),
        (
            "post",
            "",
            lambda w: {"sensors": [w.ids["calculated"]], "start": NOW - 3_600_000, "end": NOW, "points": 10},
        ),
    ],
    "calculated": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "name": "Mine", "expression": calculation(w)}),
    ],
    "calculated-check": [("post", "", lambda w: {"site": w.ids["site"], "expression": calculation(w)})],
    "run-definitions": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "name": "Mine", "rule": {"by": "hand"}}),
    ],
    "runs-overlay": [
        ("post", "", lambda w: {"sensor": w.ids["sensor"], "runs": [{"start": NOW - 1, "end": NOW}]}),
        ("post", "", lambda w: {"sensor": w.ids["calculated"], "runs": [{"start": NOW - 1, "end": NOW}]}),
    ],
    "alarms": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?asset={asset}", lambda w: None),
    ],
    "journal": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?asset={asset}", lambda w: None),
    ],
    "alarm-performance": [("get", "?site={site}", lambda w: None)],
    "rules": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: rule_of(w, "Mine")),
    ],
    "rules-yaml": [("get", "?site={site}", lambda w: None)],
    "rule-backtest": [("post", "", lambda w: {"rule": rule_of(w, "Mine"), "start": NOW - 3_600_000, "end": NOW})],
    "notification-routes": [
        ("post", "", lambda w: {"name": "Mine", "steps": [{"channels": [w.ids["channel"]]}]}),
        ("post", "", lambda w: {"name": "Mine", "steps": [{"people": [w.ids["member"]]}]}),
        ("post", "", lambda w: {"name": "Mine", "steps": [{"shifts": [w.ids["shift_plan"]]}]}),
        ("put", "", lambda w: {"routes": [{"id": w.ids["route"], "revision": 1}]}),
    ],
    "shift-plans": [("post", "", lambda w: shifts_of(w, "Mine"))],
    "notification-deliveries": [
        ("get", "?key={alarm}", lambda w: None),
        ("get", "?channel={channel}", lambda w: None),
    ],
    "notification-preview": [
        ("post", "", lambda w: {"priority": 1, "site": w.ids["site"]}),
        ("post", "", lambda w: {"priority": 1, "site": w.ids["site_slug"], "area": w.ids["area"]}),
        ("post", "", lambda w: {"priority": 1, "site": w.ids["site_slug"], "asset": w.ids["asset"]}),
        ("post", "", lambda w: {"priority": 1, "site": w.ids["site_slug"], "rule": w.ids["rule"]}),
    ],
    "alarm-proposal": [("get", "?key={rule}:{sensor}", lambda w: None)],
    "alarm-proposal-apply": [
        (
            "post",
            "",
            lambda w: {
                "key": f"{w.ids['rule']}:{w.ids['sensor']}",
                "change": {"on_delay_s": 30},
                "revision": 1,
            },
        ),
    ],
    "rule-limits": [("get", "?sensor={sensor}", lambda w: None)],
    "cases": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?asset={asset}", lambda w: None),
        ("get", "?device={device_id}", lambda w: None),
        ("get", "?plan={plan}", lambda w: None),
        ("get", "?campaign={campaign}", lambda w: None),
        ("get", "?alarm={alarm}", lambda w: None),
        ("post", "", lambda w: {"title": "Mine", "asset": w.ids["asset"]}),
        ("post", "", lambda w: {"title": "Mine", "sensor": w.ids["sensor"]}),
        ("post", "", lambda w: {"title": "Mine", "device": w.ids["device_id"]}),
        ("post", "", lambda w: {"title": "Mine", "alarm": {"key": w.ids["alarm"]}}),
        ("post", "", lambda w: {"title": "Mine", "alarm": {"key": f"{w.ids['rule']}:{w.ids['sensor']}"}}),
    ],
    "maintenance-plans": [
        ("post", "", lambda w: plan_of(w, "Mine")),
        ("post", "", lambda w: {**plan_of(w, "Mine"), "target": {"asset_type": "pump", "site": w.ids["site"]}}),
    ],
    "campaigns": [("post", "", lambda w: {"name": "Mine", "query": {"site": w.ids["site"]}})],
    "reliability": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?asset={asset}", lambda w: None),
    ],
    **{
        f"alarms-{what}": [("post", "", lambda w, more=more: {"keys": [w.ids["alarm"]], **more})]
        for what, more in ALARM_ACTIONS.items()
    },
    "values": [
        ("get", "?sensors={sensor}", lambda w: None),
        ("get", "?sensors={calculated}", lambda w: None),
        ("get", "?site={site}", lambda w: None),
    ],
    "stream": [
        ("get", "?sensors={sensor}", lambda w: None),
        ("get", "?site={site}", lambda w: None),
        ("get", "?watch={source}", lambda w: None),
    ],
    "stream-subscription": [
        ("get", "?sensors={sensor}", lambda w: None),
        ("get", "?site={site}", lambda w: None),
        ("get", "?sensors={sensor}&topics=jobs", lambda w: None),
        ("get", "?watch={source}", lambda w: None),
    ],
    "schematics": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "name": "Mine", "drawing": w.drawing()}),
    ],
    "drafts": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "name": "Mine"}),
    ],
    "dexpi-import": [("post", "", lambda w: {"site": w.ids["site"], "xml": PLANT_MODEL})],
    "dexpi-export": [("post", "", lambda w: {"site": w.ids["site"], "name": "Mine", "drawing": w.drawing()})],
    "bookmarks": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"site": w.ids["site"], "start": NOW, "name": "Mine"}),
    ],
    "annotations": [
        ("get", "?site={site}", lambda w: None),
        ("get", "?targets={sensor}", lambda w: None),
        *(
            ("post", "", lambda w, target=target: {"target": w.ids[target], "text": "Mine", "start": NOW})
            for target in ("sensor", "asset", "schematic")
        ),
    ],
    "saved-views": [
        ("get", "?site={site}", lambda w: None),
        ("post", "", lambda w: {"name": "Mine", "site": w.ids["site"], "trend": {}}),
    ],
    "dashboards": [
        ("post", "", lambda w, kind=kind: {"name": "Mine", "tiles": [tile_of(kind, w)]})
        for kind in ("values", "view", "schematic")
    ],
    "write": [
        ("post", "", lambda w: f"{w.ids['site']},sensor={w.ids['sensor']} value=1".encode()),
        ("post", "", lambda w: f"{w.ids['site_slug']},sensor={w.ids['tag']} value=1".encode()),
    ],
    "write-v2": [("post", "?bucket={tenant}", lambda w: f"{w.ids['site']},sensor={w.ids['sensor']} value=1".encode())],
    "query": [
        ("get", "?db={tenant}&q=SHOW%20MEASUREMENTS", lambda w: None),
        ("get", '?q=SELECT%20value%20FROM%20"{tenant}".."{site_slug}"', lambda w: None),
        ("post", "?db={tenant}&q=SHOW%20MEASUREMENTS", lambda w: None),
    ],
    "devices": [
        ("get", "?q={device_id}", lambda w: None),
        ("post", "", lambda w: {"name": "Mine", "asset": w.ids["asset"]}),
    ],
    "tokens": [
        ("post", "", lambda w: {"name": "t", "scopes": ["read"], "tenant": w.tenant.slug}),
        ("post", "", lambda w: {"name": "t", "scopes": ["ingest"], "device": w.ids["device_id"]}),
    ],
    "invite": [("post", "", lambda w: {"role": "admin", "tenant": w.tenant.slug})],
}
