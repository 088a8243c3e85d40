"""Connects alarms with what only `ingest` knows: queued events, devices and sources."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from alarms.seams import CalculatedTarget, EventRecord, Named
from analysis.calculated import operations as calculated_series
from analysis.calculated import repository as calculated_repository
from analysis.calculated.models import CalculatedHead
from catalog.snapshot import snapshot_of
from config.run_events import StoredEvents
from ingest.events.entries import decode, is_events
from ingest.fleet.registry import registry_of
from ingest.imports.records import WrittenRange
from ingest.named_sources.models import NamedSource, stage_of
from ingest.named_sources.repository import index_of
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.clock import now_ms
from web.stores import devices, streams


class EventsOfQueue:
    """Implements `alarms.seams.QueuedEvents`."""

    def of_entry(self, payload: bytes) -> Sequence[EventRecord] | None:
        if not is_events(payload):
            return None
        try:
            return [EventRecord(event.t, event.type, event.device, event.id) for event in decode(payload)]
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


class ImportedHistory:
    """Implements `ingest.imports.listening.ImportListener`."""

    def imported(self, tenant: TenantConnection, ranges: Sequence[WrittenRange]) -> None:
        from alarms.journal.late import note_past  # loads the historian, which few processes need

        note_past(tenant, [(each.sensor, each.start, each.end) for each in ranges], now_ms())


class OtherTargets:
    """Implements `alarms.seams.OtherTargets`."""

    def calculated(self, tenant: TenantConnection) -> Sequence[CalculatedTarget]:
        return [self._calculated(tenant, series) for series in calculated_repository.find(tenant)]

    def devices(self, tenant: TenantConnection) -> Sequence[Named]:
        return [Named(device.id, device.name, device.asset or "") for device in registry_of(tenant).by_id.values()]

    def sources(self, tenant: TenantConnection) -> Sequence[Named]:
        """Also the kinds, each of which is the source of all its senders of which nothing else is set."""
        from ingest.sources.registry import SOURCES  # loads views, which workers do without

        known = index_of(tenant, snapshot_of(tenant)).sources
        kinds = [Named(source.name, source.name) for source in SOURCES if source.name not in known]
        return [*(Named(id, source.name or source.kind) for id, source in known.items()), *kinds]

    @staticmethod
    def _calculated(tenant: TenantConnection, series: CalculatedHead) -> CalculatedTarget:
        try:
            definition = calculated_series.definition_of(tenant, series.last)
        except Conflict as error:
            return CalculatedTarget(series.id, series.site, series.name, series.last.unit, None, {}, error.detail)
        return CalculatedTarget(
            series.id, series.site, series.name, definition.unit, definition.root, definition.sensors
        )


class PastEvents:
    """Implements `alarms.seams.PastEvents`."""

    def find(self, tenant: TenantConnection, type: str, span: TimeRange, limit: int, now: int) -> Sequence[EventRecord]:
        found = StoredEvents().find(tenant, [type], "", span, limit, now)
        return [EventRecord(t, type, device) for t, type, device in found]
