"""Requests about notification, with every declared member; see `examples`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.http.known import PUSH_KEYS, Body, mark

Known = Mapping[str, str]
_HOURS = {"days": [1, 2], "from": "22:00", "to": "06:00"}


def _channels(known: Known) -> list[Body]:
    """Of each kind."""
    settings: list[Body] = [
        {"kind": "email", "addresses": ["a@example.com"]},
        {"kind": "webhook", "url": "https://example.com/alarms", "secret": "0123456789abcdef", "old_secret_until": 1},
        {"kind": "slack", "url": "https://hooks.slack.com/services/T/B/C"},
        {"kind": "teams", "url": "https://example.com/workflow"},
        {"kind": "apprise", "url": f"pover://{'u' * 30}@{'t' * 30}"},
        {"kind": "push"},
    ]
    return [{"name": mark("Channel"), "enabled": False, "settings": each} for each in settings]


def _routes(known: Known) -> list[Body]:
    """With several steps, and as digests."""
    step = {
        "after_s": 0, "channels": [known["notification/channels"]], "people": [known["members"]],
        "shifts": [known["notification/shifts"]],
    }  # fmt: skip
    where = {"sites": [known["sites"]], "areas": [known["areas"]], "assets": [known["assets"]]}
    plain: Body = {
        "name": mark("Route"), "enabled": False, "order": 10, "stop": True, "on": ["raised", "returned"],
        "match": {"priorities": [1], "rules": [known["rules"]], **where}, "active": {"kind": "always"},
        "steps": [step, {**step, "after_s": 600}], "repeat_s": 1_800, "digest": None,
        "quiet": {"from": "22:00", "to": "06:00", "zone": "Asia/Dubai", "exempt": [1]},
    }  # fmt: skip
    one = {**plain, "steps": [step], "repeat_s": None}
    weekly = {"kind": "weekly", "zone": "UTC", "times": [_HOURS]}
    shifts = {"kind": "shifts", "plan": known["notification/shifts"]}
    return [
        plain,
        {**one, "active": weekly, "digest": {"every_s": 3_600, "at": None, "zone": "UTC"}},
        {**one, "active": shifts, "digest": {"every_s": None, "at": "07:00", "zone": "UTC"}},
    ]


def _plans(known: Known) -> list[Body]:
    turns = {"days": 7, "begins": "2026-03-02", "groups": [[known["members"]], [known["members"]]]}
    entry = {**_HOURS, "people": [known["members"]]}
    return [{"name": mark("Shifts"), "zone": "Asia/Dubai", "entries": [entry], "rotation": turns}]


def _changes(bodies: Callable[[Known], list[Body]]) -> Callable[[Known], list[Body]]:
    return lambda known: [{**body, "revision": 1} for body in bodies(known)]


NOTIFICATION_BODIES: dict[str, Callable[[Known], list[Any]]] = {
    "POST /api/v1/notification/channels": _channels,
    "PUT /api/v1/notification/channels/{id}": _changes(_channels),
    "POST /api/v1/notification/routes": _routes,
    "PUT /api/v1/notification/routes/{id}": _changes(_routes),
    "PUT /api/v1/notification/routes": lambda known: [
        {"routes": [{"id": known["notification/routes"], "revision": 1}]}
    ],
    "POST /api/v1/notification/shifts": _plans,
    "PUT /api/v1/notification/shifts/{id}": _changes(_plans),
    "POST /api/v1/notification/preview": lambda known: [
        {"priority": 1, "site": known["sites"], "area": known["areas"], "at": 1_000},
        {"priority": 1, "site": known["sites"], "asset": known["assets"], "rule": None},
    ],
    "POST /api/v1/notification/push-subscriptions": lambda known: [
        {"endpoint": f"https://push.example.com/{mark('b')}", "keys": PUSH_KEYS, "browser": "Firefox on Linux"}
    ],
}
