"""Requests about alarms and their rules, with every declared member; see `examples`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.http.examples_notification import NOTIFICATION_BODIES
from tests.contracts.http.known import Body, mark

Known = Mapping[str, str]
_ROW = {"over_30_min": 4, "10_to_30_min": 3, "3_to_10_min": 2, "under_3_min": 1}
_SCHEDULE = {"days": [1, 2], "start": "06:00", "until": "18:00"}


def triggers(known: Known) -> list[Body]:
    """One of each kind."""
    sensor, other = known["sensors"], known["set_points"]
    return [
        {
            "kind": "limit",
            "side": "high",
            "limit": 14.5,
            "deadband": 0.5,
            "level": "high",
            "window_s": 60,
            "statistic": "mean",
        },
        {"kind": "deviation", "set_point": other, "limit": 2, "side": "both", "deadband": 0.5},
        {"kind": "rate", "limit": 5, "window_s": 60, "side": "rising"},
        {"kind": "state", "states": [1.0]},
        {"kind": "discrepancy", "command": other, "within_s": 30, "tolerance": 0.5},
        {"kind": "stale", "after_s": 300},
        {"kind": "frozen", "after_s": 300, "within": 0.1},
        {"kind": "out_of_range", "quality": True},
        {"kind": "event_count", "event_type": "fault", "count": 3, "window_s": 60},
        {"kind": "expression", "expression": f"{{{sensor}}} > 80 [°C]"},
    ]


def rules(known: Known) -> list[Body]:
    """One with each trigger."""
    sensor = known["sensors"]
    rest = {
        "applies": {"site": known["sites"], "sensors": [sensor]}, "on_delay_s": 5, "off_delay_s": 5,
        "consequence": "major", "urgency": "under_3_min", "latching": False, "enabled": False,
        "instruction": "Start the other pump", "owner": "Shift", "description": "Leaving water", "note": "First",
        "suppressed_by": [known["other_rules"]],
        "armed": {"expression": f"{{{sensor}}} > 0 [°C]", "delay_s": 5, "schedule": _SCHEDULE},
    }  # fmt: skip
    return [
        {
            **rest,
            "name": mark("Rule"),
            "trigger": trigger,
            "overrides": [
                {
                    "target": sensor,
                    "enabled": True,
                    "trigger": trigger,
                    "on_delay_s": 1,
                    "off_delay_s": 1,
                    "note": "Near the door",
                }
            ],
        }
        for trigger in triggers(known)
    ]


def _targets(known: Known) -> list[Body]:
    """Of every kind: each is optional while another is there."""
    first = rules(known)[0]  # with the sensor that the pattern matches
    plain = {**first, "overrides": [], "suppressed_by": [], "armed": None}
    stale = {"kind": "stale", "after_s": 60}
    typed = {"site": known["sites"], "asset_type": "pump", "pattern": "TT*"}
    several = {"sensors": [known["sensors"]], "devices": [known["devices"]], "sources": [known["sources"]]}
    calculated = {"sensors": [known["sensors"]], "calculated": [known["calculated"]]}
    return [
        {**plain, "name": mark("Pumps"), "applies": typed},
        {**plain, "name": mark("Stale"), "trigger": stale, "applies": several},
        {**plain, "name": mark("Calculated"), "applies": calculated},
    ]


def _all_rules(known: Known) -> list[Body]:
    return [*_targets(known), *rules(known)]


def _keys(known: Known) -> Body:
    return {"keys": [known["alarms"]]}


def _alert(known: Known) -> Body:
    return {
        "status": "firing", "fingerprint": mark("f"), "startsAt": "2026-03-14T09:42:00Z",
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example", "labels": {"alertname": "Down"},
        "annotations": {"summary": "It is down"},
    }  # fmt: skip


def _alerts(known: Known) -> Body:
    return {
        "version": "4", "groupKey": "{}", "truncatedAlerts": 0, "status": "firing", "receiver": "plantrace",
        "groupLabels": {"alertname": "Down"}, "commonLabels": {"alertname": "Down"},
        "commonAnnotations": {"summary": "It is down"}, "externalURL": "http://alertmanager.example",
        "alerts": [_alert(known)],
    }  # fmt: skip


def _until() -> int:
    return int(time.time() * 1000) + 3_600_000


def _sinks() -> list[Body]:
    """Of both kinds, at names that nobody has."""
    secret = {"username": "plantrace", "password": "s3cret", "ca": None, "certificate": None, "key": None}
    mqtt = {"kind": "mqtt", "host": "broker.invalid", "port": 8883, "tls": True, "topic": "plant/{key}", "retain": True}
    kafka = {"kind": "kafka", "servers": ["broker.invalid:9093"], "tls": True, "sasl": "none", "topic": "plant"}
    return [{"name": mark("Bus"), "enabled": False, "settings": {**settings, **secret}} for settings in (mqtt, kafka)]


ALARM_BODIES: dict[str, Callable[[Known], list[Any]]] = {
    **NOTIFICATION_BODIES,
    "POST /api/v1/alarms/acknowledge": lambda known: [{**_keys(known), "note": "Seen", "verdict": "genuine"}],
    "POST /api/v1/alarms/shelve": lambda known: [{**_keys(known), "until": _until(), "reason": "Calibration"}],
    "POST /api/v1/alarms/unshelve": lambda known: [_keys(known)],
    "POST /api/v1/alarms/reset": lambda known: [_keys(known)],
    "POST /api/v1/alarms/out-of-service": lambda known: [{**_keys(known), "reason": "Removed"}],
    "POST /api/v1/alarms/in-service": lambda known: [_keys(known)],
    "POST /api/v1/alarms/note": lambda known: [{**_keys(known), "note": "Belt slips", "verdict": "false"}],
    "POST /api/v1/alarms/performance/apply": lambda known: [
        {
            "key": f"{known['rules']}:{known['sensors']}",
            "change": {"on_delay_s": 30, "off_delay_s": 30, "deadband": 0.5},
            "revision": 1,
        }
    ],
    "POST /api/v1/alertmanager": lambda known: [_alerts(known)],
    "PUT /api/v1/alarm-settings": lambda known: [
        {"matrix": {name: _ROW for name in ("minor", "moderate", "major", "severe")}, "journal_days": 400}
    ],
    "POST /api/v1/alarm-sinks": lambda known: _sinks(),
    "PUT /api/v1/alarm-sinks/{id}": lambda known: [{**sink, "revision": 1} for sink in _sinks()],
    "POST /api/v1/rules": _all_rules,
    "PUT /api/v1/rules/{id}": lambda known: [{**rule, "revision": 1} for rule in _all_rules(known)],
    "POST /api/v1/rules/backtest": lambda known: [
        {"rule": rule, "start": -1_000, "end": 1_000} for rule in _all_rules(known)
    ],
}
