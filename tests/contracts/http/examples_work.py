"""Requests about cases, maintenance plans and campaigns, with every declared member; see `examples`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.http.known import EARLIEST_CASE, NOW, Body, mark

Known = Mapping[str, str]
EARLY = -1_000  # epoch ms: 0 and -1 are after it


def _about(known: Known) -> Body:
    return {
        "title": mark("Vibration"), "description": "Bearing is loud", "kind": "service", "priority": 2,
        "asset": known["assets"], "sensor": known["sensors"], "device": known["devices"],
        "alarm": {"key": known["alarms"], "occurrence": f"{known['alarms']}:1"}, "assigned": known["members"],
        "due": NOW, "failure": True, "downtime": {"start": EARLY, "end": NOW}, "suppress": True,
        "what_was_done": "Bearing replaced",
    }  # fmt: skip


def _cases(known: Known) -> list[Body]:
    """In progress, and done."""
    return [
        {**_about(known), "state": "in_progress", "began": 1_000},
        {**_about(known), "state": "done", "ended": NOW},
    ]


def _plans(known: Known) -> list[Body]:
    """By a sensor's hours, by runs, and of a type."""
    rest = {
        "enabled": False, "lead_s": 86_400, "priority": 4, "assigned": known["members"], "instruction": "Two strokes",
        "suppress": True, "begins": EARLY, "last_done": [{"asset": known["assets"], "at": EARLY}],
    }  # fmt: skip
    every = {"calendar": {"count": 6, "unit": "months"}, "events": {"type": "fault", "count": 3}}
    hours: list[Body] = [
        {"hours": 2_000, "sensor": "*-STS", "states": ["1"]},
        {"hours": 2_000, "run": known["run-definitions"]},
    ]
    target, typed = {"assets": [known["assets"]]}, {"asset_type": "pump", "site": known["sites"]}
    plans = [{**rest, "target": target, "every": {**every, "run_hours": each}} for each in hours]
    plans.append({**rest, "target": typed, "every": every})
    return [{"name": mark("Plan"), **plan} for plan in plans]


def _campaigns(known: Known) -> list[Body]:
    query = {
        "asset_types": ["pump"], "names": ["Device *"], "firmware": ["1.*"], "not_firmware": ["1.9"],
        "site": known["sites"],
    }  # fmt: skip
    rest = {"instruction": "Upgrade", "priority": 4, "assigned": known["members"], "due": NOW, "closed": False}
    return [{"name": mark("Campaign"), "query": query, **rest}]


def _revised(bodies: list[Body]) -> list[Body]:
    return [{**body, "revision": 1} for body in bodies]


WORK_BODIES: dict[str, Callable[[Known], list[Any]]] = {
    "POST /api/v1/cases": lambda known: [{**body, "opened": EARLIEST_CASE} for body in _cases(known)],
    "PUT /api/v1/cases/{id}": lambda known: _revised(_cases(known)),
    "POST /api/v1/cases/{id}/notes": lambda known: [{"text": "Ordered a bearing"}],
    "POST /api/v1/maintenance-plans": _plans,
    "PUT /api/v1/maintenance-plans/{id}": lambda known: _revised(_plans(known)),
    "POST /api/v1/campaigns": _campaigns,
    "PUT /api/v1/campaigns/{id}": lambda known: _revised(_campaigns(known)),
    "POST /api/v1/campaigns/{id}/devices": lambda known: [
        {"devices": [known["devices"]], "progress": "done", "note": "On site"}
    ],
    "POST /api/v1/campaigns/{id}/cases": lambda known: [{"devices": [known["devices"]]}],
}
