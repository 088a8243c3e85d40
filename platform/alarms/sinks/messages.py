"""Transitions as messages for brokers. Pure but for the catalog that is given."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from alarms import states
from alarms.about import About, AlarmTarget
from alarms.journal.models import JournalEntry, JournalTransition
from alarms.journal.queries import presented, states_of
from alarms.machine.model import Condition, Transition, What
from alarms.sinks.models import AlarmEvent, SinkSettings
from alarms.sinks.topics import topic_of
from catalog.snapshot import Snapshot
from kernel.tenancy import TenantConnection
from stores.redis.alarm_feed import FedTransition

log = logging.getLogger(__name__)

TEST = "test"


@dataclass(frozen=True, slots=True)
class Message:
    """`key`: of the alarm; messages with the same one keep their order."""

    topic: str
    key: str
    body: bytes


def messages_of(
    tenant: TenantConnection, settings: SinkSettings, entries: Iterable[JournalEntry], catalog: Snapshot
) -> list[Message]:
    """In the same order."""
    return [
        _message(tenant, settings, presented(entry, states_of(catalog, entry.about.target.id)), catalog)
        for entry in entries
    ]


def entries_of(tenant: TenantConnection, transitions: Iterable[FedTransition]) -> list[JournalEntry]:
    """In the same order; without what cannot be read."""
    found: list[JournalEntry] = []
    for each in transitions:
        try:
            added = states.added_of(each.payload)
        except msgspec.MsgspecError as error:
            log.error("%s: a transition cannot be read, and is not published: %s", tenant.slug, error)
            continue
        found.append(JournalEntry(added.key, each.number, added.transition, added.about))
    return found


def trial_message(tenant: TenantConnection, settings: SinkSettings, catalog: Snapshot, now: int) -> Message:
    about = About(rule="", name="Test", priority=4, kind=TEST, target=AlarmTarget(kind="external", id=TEST))
    done = Transition(What.NOTE, now, Condition.NORMAL, note="A test of this sink: nothing is in alarm.")
    entry = JournalEntry(TEST, 0, done, about)
    return _message(tenant, settings, presented(entry, {}), catalog, test=True)


def _message(
    tenant: TenantConnection, settings: SinkSettings, done: JournalTransition, catalog: Snapshot, test: bool = False
) -> Message:
    site = catalog.sites.get(done.site)
    values = {
        "tenant": tenant.slug, "site": site.slug if site else done.site, "priority": str(done.priority),
        "what": TEST if test else done.what, "key": done.key, "rule": done.rule, "tag": done.target.tag,
        "asset": done.asset.tag if done.asset else "",
    }  # fmt: skip
    members: dict[str, Any] = {name: getattr(done, name) for name in done.__struct_fields__}
    event = AlarmEvent(**members, tenant=tenant.slug, test=test)
    return Message(topic_of(settings, values), done.key, msgspec.json.encode(event))
