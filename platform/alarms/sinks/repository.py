"""Sinks in the document database. Those that are enabled are enrolled for the feed in Redis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from alarms.notification.seams import secrets
from alarms.sinks.checks import check, check_certificate, secrets_to_store, without_secrets
from alarms.sinks.models import (
    MAX_SINKS,
    Sink,
    SinkContent,
    SinkProgress,
    SinkSecrets,
    SinkState,
    StoredSink,
    public,
)
from kernel.errors import Conflict
from kernel.ids import ALARM_SINK
from kernel.tenancy import TenantConnection
from web.collection import Collection, Content, Head
from web.stores import alarm_feed, documents

SINKS: Collection[StoredSink] = Collection("alarm_sinks", ALARM_SINK, StoredSink, "alarm sink", MAX_SINKS, ("name",))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_progress = msgspec.json.Decoder(SinkProgress)


def find(tenant: TenantConnection) -> list[Sink]:
    """By name."""
    return sorted((_public(tenant, SINKS.find(tenant))), key=place_of)


def place_of(sink: Sink) -> str:
    return f"{sink.name.casefold()}\x1f{sink.id}"


def get(tenant: TenantConnection, id: str) -> Sink:
    """Raises NotFound."""
    [found] = _public(tenant, [SINKS.get(tenant, id)])
    return found


def put(
    tenant: TenantConnection, id: str | None, content: SinkContent, revision: int | None, *, author: str, now: int
) -> Sink:
    """A new one (`id` None), or a change. Raises BadRequest, NotFound, Conflict (the name is taken; too many; another
    revision, with the sink as `current`).
    """
    check(content)
    name = " ".join(content.name.split())
    by: dict[str, Any] = {"changed": now, "changed_by": author}

    def content_of(before: StoredSink | None) -> Content:
        kept = secrets_to_store(content, before)
        return {
            **by,
            "name": name,
            "enabled": content.enabled,
            "settings": msgspec.to_builtins(without_secrets(content.settings)),
            "encrypted": secrets().encrypt(msgspec.json.encode(kept)) if kept != SinkSecrets() else "",
            "password_set": bool(kept.password),
            "certificate_ends": check_certificate(content.settings, kept.key),
        }

    def made(there: Sequence[Head]) -> Content:
        _check_name(name, there)
        return {**content_of(None), "created": now, "created_by": author}

    def changed(before: StoredSink) -> Content:
        _check_name(name, [head for head in SINKS.heads(tenant) if head["_id"] != before.id])
        return content_of(before)

    def shown(current: StoredSink) -> Sink:
        return _public(tenant, [current])[0]

    with documents(tenant).exclusive(SINKS.name):
        stored = SINKS.insert(tenant, made) if id is None else SINKS.change(tenant, id, revision, changed, shown)
        enroll(tenant)
    return shown(stored)


def delete(tenant: TenantConnection, id: str, revision: int | None) -> StoredSink:
    """Raises NotFound, Conflict (another revision)."""
    with documents(tenant).exclusive(SINKS.name):
        gone = SINKS.delete(tenant, id, revision, shown=lambda current: _public(tenant, [current])[0])
        enroll(tenant)
    return gone


def enroll(tenant: TenantConnection) -> None:
    """Have the feed for those that are enabled. Can be repeated."""
    with documents(tenant).exclusive(SINKS.name):
        alarm_feed().enroll(tenant.prefix, [each.id for each in SINKS.find(tenant) if each.enabled])


def progress_of(payload: bytes | None) -> SinkProgress:
    """As noted in Redis, where a tenant's pods may write anything."""
    try:
        return _progress.decode(payload) if payload else SinkProgress()
    except msgspec.MsgspecError:
        return SinkProgress()


def _check_name(name: str, others: Sequence[Head]) -> None:
    if any(other["name"].casefold() == name.casefold() for other in others):
        raise Conflict(f"There is an alarm sink “{name}” already.", slug="name-taken")


def _public(tenant: TenantConnection, stored: Sequence[StoredSink]) -> list[Sink]:
    if not stored:
        return []
    states, waiting = alarm_feed().states(tenant.prefix), alarm_feed().backlog(tenant.prefix)
    return [public(each, _state(states.get(each.id), waiting.get(each.id, 0))) for each in stored]


def _state(payload: bytes | None, waiting: int) -> SinkState:
    done = progress_of(payload)
    return SinkState(**{name: getattr(done, name) for name in done.__struct_fields__}, waiting=waiting)
