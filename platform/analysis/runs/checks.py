"""Checks of a definition before it is stored: what it names exists, and its rule is whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from analysis.runs.limits import in_shown_unit
from analysis.runs.models import MAX_DEFINITIONS, RunContent, RunDefinition, RunRule
from catalog.models import Sensor
from catalog.snapshot import Snapshot
from kernel.errors import BadRequest, Conflict

_OF_RULE = {
    "state": ("sensor", "states"), "threshold": ("sensor", "above", "below", "unit"),
    "event": ("start_event", "end_event", "device"), "hand": (),
}  # fmt: skip


class InvalidDefinition(BadRequest):
    slug, title = "invalid-definition", "The definition of runs is not valid"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", errors=[{"field": field, "message": message}])


def checked(snapshot: Snapshot, content: RunContent) -> RunContent:
    """With its name trimmed, and the unit of its limits. Raises InvalidDefinition."""
    name = " ".join(content.name.split())
    if not name or any(ord(letter) < 32 for letter in name):
        raise InvalidDefinition("name", "must have a letter or digit, and no control characters.")
    rule = _checked_rule(snapshot, content.rule)
    if len(set(content.sensors)) < len(content.sensors):
        raise InvalidDefinition("sensors", "names a sensor twice.")
    for id in content.sensors:
        if sensor_of(snapshot, "sensors", id).kind == "text":
            raise InvalidDefinition("sensors", f"names {id[:40]}, which holds text, of which there are no figures.")
    best = content.best
    if best is not None and best.figure != "duration" and best.sensor not in content.sensors:
        raise InvalidDefinition("best.sensor", "must be one of `sensors`.")
    if best is not None and best.figure == "duration" and best.sensor is not None:
        raise InvalidDefinition("best.sensor", "does not belong to the duration.")
    return replace(content, name=name, rule=rule)


def sensor_of(snapshot: Snapshot, field: str, id: str | None) -> Sensor:
    sensor = snapshot.sensors.get(id or "")
    if sensor is None:
        what = "is missing." if id is None else f"names {id[:40]}, which is not a sensor here."
        raise InvalidDefinition(field, what)
    return sensor


def check_name(name: str, site: str, others: Sequence[RunDefinition]) -> None:
    """Raises Conflict."""
    if any(each.site == site and each.name.casefold() == name.casefold() for each in others):
        raise Conflict(f"There is a definition “{name}” already; choose another name.", slug="name-taken")


def check_number(others: Sequence[RunDefinition]) -> None:
    if len(others) >= MAX_DEFINITIONS:
        raise Conflict(f"There are {MAX_DEFINITIONS} definitions already; delete one first.", slug="too-many")


def _checked_rule(snapshot: Snapshot, rule: RunRule) -> RunRule:
    for other in {name for names in _OF_RULE.values() for name in names} - {*_OF_RULE[rule.by]}:
        if getattr(rule, other):
            raise InvalidDefinition(f"rule.{other}", f"does not belong to a rule by {rule.by}.")
    if rule.by in ("state", "threshold"):
        sensor = sensor_of(snapshot, "rule.sensor", rule.sensor)
        if rule.by == "state" and not rule.states:
            raise InvalidDefinition("rule.states", "is missing: the states in which a run is.")
        if rule.by == "threshold":
            _check_limits(sensor, rule)
            return _with_unit(sensor, rule)
    if rule.by == "event":
        for name in ("start_event", "end_event"):
            if not getattr(rule, name):
                raise InvalidDefinition(f"rule.{name}", "is missing: a type of events.")
        if rule.start_event == rule.end_event:
            raise InvalidDefinition("rule.end_event", "is the type that starts a run, too.")
    return rule


def _with_unit(sensor: Sensor, rule: RunRule) -> RunRule:
    if rule.unit is None:
        return replace(rule, unit=sensor.unit)
    try:
        in_shown_unit(sensor, rule)
    except Conflict as error:
        raise InvalidDefinition("rule.unit", error.detail) from None
    return rule


def _check_limits(sensor: Sensor, rule: RunRule) -> None:
    if sensor.kind == "text":
        raise InvalidDefinition("rule.sensor", f"is {sensor.tag}, which holds text; use a rule by state.")
    limits = [limit for limit in (rule.above, rule.below) if limit is not None]
    if not limits:
        raise InvalidDefinition("rule.above", "or `below` is missing.")
    if not all(math.isfinite(limit) for limit in limits):
        raise InvalidDefinition("rule.above", "and `below` are finite numbers.")
    if len(limits) == 2 and limits[0] >= limits[1]:
        raise InvalidDefinition("rule.below", "must be more than `above`: the value is between them.")
