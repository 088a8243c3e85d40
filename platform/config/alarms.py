"""Connects alarms with what only `ingest` knows: queued events, devices and sources."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from alarms.seams import HeardEvent
from catalog.snapshot import snapshot_of
from ingest.events.entries import decode, is_events
from ingest.named_sources.models import NamedSource, stage_of
from ingest.named_sources.repository import index_of
from kernel.tenancy import TenantConnection
from web.stores import devices, streams


class EventsOfQueue:
    """Implements `alarms.seams.QueuedEvents`."""

    def of_entry(self, payload: bytes) -> Sequence[HeardEvent] | None:
        if not is_events(payload):
            return None
        try:
            return [HeardEvent(event.t, event.type, event.device) for event in decode(payload)]
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error


class LastContacts:
    """Implements `alarms.seams.Contacts`."""

    def of_devices(self, tenant: TenantConnection, ids: Sequence[str]) -> dict[str, int]:
        found = devices().contacts(tenant.prefix, ids)
        return {id: int(contact.heard) for id, contact in found.items() if contact.heard}

    def of_sources(self, tenant: TenantConnection, ids: Sequence[str]) -> dict[str, int]:
        known = index_of(tenant, snapshot_of(tenant)).sources
        stages = [stage_of(known.get(id) or NamedSource(id, id)) for id in ids]
        found = streams().flow_counters.senders(tenant.prefix, stages, 0)
        return {id: last * 1000 for id, (_, last) in zip(ids, found, strict=True) if last is not None}
