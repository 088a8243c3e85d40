"""Alarms that tests raise through the real machine and Redis, and their way into the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alarms import states
from alarms.about import About, AlarmAsset, AlarmTarget, key_of
from alarms.journal.drain import drain
from alarms.journal.models import JournalEntry
from alarms.journal.stored import stored
from alarms.machine import step
from alarms.machine.model import Input, Sample, Settings, Transition
from alarms.states import Kept
from catalog.models import Asset, Sensor
from kernel.tenancy import TenantConnection
from stores.timeseries.alarms import ALARMS, transition_line
from web.stores import alarms, writer


def about(
    sensor: Sensor, asset: Asset | None = None, rule: str = "alaaaaaaaaaa", name: str = "High temperature", **more: Any
) -> About:
    target = AlarmTarget(kind="sensor", id=sensor.id, tag=sensor.tag, name=sensor.name, unit=sensor.unit)
    its = AlarmAsset(id=asset.id, tag=asset.tag, name=asset.name) if asset else None
    return About(**{
        "rule": rule, "name": name, "priority": 2, "kind": "limit", "site": sensor.site, "target": target,
        "asset": its, "level": "high", **more,
    })  # fmt: skip


def change(tenant: TenantConnection, of: About, *inputs: Input, settings: Settings = Settings(rule_version=1)) -> str:
    """Give the alarm these inputs; its key."""
    key = key_of(of.rule, of.target.id)
    known = states.read(tenant, [key])[key]
    state, transitions = known.state, list[Transition]()
    for each in inputs:
        state, added = step(settings, state, each)
        transitions += added
    assert not states.commit_changes(tenant, {key: (known.revision, Kept(state, of, settings), transitions)})
    return key


def raise_alarm(
    tenant: TenantConnection, of: About, t: int, value: float = 17.9, limit: float = 14.5, **more: Any
) -> str:
    return change(tenant, of, Sample(t, True, value, limit), **more)


def clear_alarm(tenant: TenantConnection, of: About, t: int) -> str:
    return change(tenant, of, Sample(t, False, 14.0, 14.5))


def write_journal(tenant: TenantConnection) -> int:
    """What waits for the journal is in it afterwards; how many transitions that were."""
    return drain(tenant)


def write_entries(tenant: TenantConnection, entries: Sequence[JournalEntry]) -> None:
    lines = b"\n".join(transition_line(stored(entry)) for entry in entries)
    if lines:
        writer(tenant).write_lines(ALARMS, lines)


_FORGOTTEN = ("alarms:state", "alarms:outbox", "alarms:timers", "alarms:raised")


def forget_alarms(tenant: TenantConnection) -> None:
    """Nothing is in alarm, and the journal is empty."""
    alarms()._redis.delete(*(tenant.prefix + name for name in _FORGOTTEN))
    alarms()._redis.incr(f"{tenant.prefix}alarms:number")  # so that no process goes on with what it remembers
    for name in (ALARMS, "alarm_snapshots"):
        writer(tenant).execute(f'DELETE FROM "{name}"')


def keys(found: Mapping[str, Any]) -> list[str]:
    return [alarm["key"] for alarm in found["alarms"]]
