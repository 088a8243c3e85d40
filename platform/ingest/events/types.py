"""Types of events: their schemas, what did not fit these, and a replay once they are right."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from catalog.snapshot import Snapshot, snapshot_of
from catalog.units import conversion
from ingest.events import queries, repository
from ingest.events.config import fields_of, schema_of
from ingest.events.event import TYPE_PATTERN
from ingest.events.mapping import Arrived, Mapped
from ingest.events.models import body_of
from ingest.events.operations import append_again
from ingest.events.proposal import Proposal, propose
from ingest.events.repository import SCHEMAS, Kept, Version
from ingest.events.schema import DEVICE, FieldSchema, sensor_name
from ingest.events.type_models import EventType, NewSchema, OverflowCount, ReplayedEvents, SchemaVersion, VersionInfo
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS
from stores.timeseries.events import StoredEvent
from web.stores import event_types, streams

EVENTS_PER_PROPOSAL, EVENTS_PER_REPLAY = 1_000, 500
_TYPE = re.compile(TYPE_PATTERN)


def find_all(tenant: TenantConnection) -> list[EventType]:
    """By name."""
    arrived = event_types().known(tenant.prefix)
    kept = {each.name: each for each in repository.find_all(tenant, SCHEMAS)}
    return [_presented(name, kept.get(name), arrived) for name in sorted({*arrived, *kept})]


def find(tenant: TenantConnection, name: str) -> EventType:
    """Raises NotFound."""
    arrived = event_types().known(tenant.prefix)
    kept = repository.find(tenant, SCHEMAS, name)
    if kept is None and name not in arrived:
        raise _unknown(name)
    return _presented(name, kept, arrived)


def put(tenant: TenantConnection, name: str, new: NewSchema, revision: int | None, author: str, now: int) -> EventType:
    """Store a new version of the schema. Events that arrive from now on are stored by it.

    Raises BadRequest, Conflict and NotFound as `repository.put`.
    """
    if not _TYPE.fullmatch(name):
        raise BadRequest(
            "A type is a name of up to 64 letters, digits, _, ., : and -, beginning with a letter, digit or _.",
            slug="bad-type",
        )
    maximum = tenant.limits.event_fields
    if len(new.fields) > maximum:
        raise BadRequest(
            f"A schema has at most {maximum} fields; this one has {len(new.fields)}.", slug="too-many", field="fields"
        )
    snapshot = snapshot_of(tenant)
    for field, schema in new.fields.items():
        _check_sensor(snapshot, field, schema)
    content = {"fields": msgspec.to_builtins(new.fields)}

    def make(version: int, key: str) -> Version:
        return Version(version, author, now, new.note, key, len(new.fields))

    kept = repository.put(tenant, SCHEMAS, name, content, make, revision, tenant.limits.event_types)
    return _presented(name, kept, event_types().known(tenant.prefix))


def remove(tenant: TenantConnection, name: str, revision: int | None) -> EventType:
    """Remove the schema with all its versions, and forget that the type has arrived. Its events stay. NotFound."""
    gone = find(tenant, name)
    repository.remove(tenant, SCHEMAS, name, revision)
    event_types().forget(tenant.prefix, name)
    streams().overflow_counts.forget(tenant.prefix, name)
    return gone


def versions(tenant: TenantConnection, name: str) -> list[VersionInfo]:
    """Newest first. Raises NotFound."""
    return find(tenant, name).versions[::-1]


def version(tenant: TenantConnection, name: str, number: int) -> SchemaVersion:
    """Raises NotFound."""
    found, content = repository.content_of(tenant, SCHEMAS, name, number)
    return SchemaVersion(_info(found), fields_of(content))


def proposal(tenant: TenantConnection, name: str, now_ms: int) -> Proposal:
    """Raises NotFound."""
    find(tenant, name)
    kept = repository.find(tenant, SCHEMAS, name)
    found = queries.page(tenant, queries.which_events(None, None, now_ms, (name,)), EVENTS_PER_PROPOSAL)
    sent = (body.fields | body.overflow for body in map(body_of, found.events))
    return propose(sent, schema_of(kept) if kept is not None else None, tenant.limits.event_fields)


def overflow(tenant: TenantConnection, name: str) -> list[OverflowCount]:
    """Raises NotFound."""
    find(tenant, name)
    counts = streams().overflow_counts.of_type(tenant.prefix, name)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [OverflowCount(misfit.field, misfit.firmware, number) for misfit, number in ordered]


def replay(tenant: TenantConnection, name: str, cursor: str, now_ns: int) -> ReplayedEvents:
    """Apply the present schema to a page of the events with an overflow. They are queued again under
    their ids, with the samples of their sensors. Raises NotFound, and as `Streams.append`.
    """
    find(tenant, name)
    which = queries.which_events(None, None, now_ns // NS_PER_MS, (name,), overflow=True)
    found = queries.page(tenant, which, EVENTS_PER_REPLAY, cursor)
    again = append_again(tenant, [_arrived(event) for event in found.events], now_ns) if found.events else Mapped()
    left = sum(event.overflow for event in again.events)
    return ReplayedEvents(len(found.events), len(found.events) - left, left, found.next or None)


def _arrived(stored: StoredEvent) -> Arrived:
    body = body_of(stored)
    return Arrived(
        stored.id, stored.t // NS_PER_MS, stored.type, stored.device, body.firmware, body.received,
        body.fields | body.overflow, body.context, body.attachments,
    )  # fmt: skip


def _check_sensor(snapshot: Snapshot, field: str, schema: FieldSchema) -> None:
    if not schema.sensor:
        return
    place = f"fields.{field}.sensor"
    site_name, tag = sensor_name(schema.sensor, DEVICE)
    if schema.type == "json" or not tag:
        raise BadRequest(
            f"{place} is `site:tag`, such as harbour:{DEVICE}.temperature, of a field that is not json.",
            slug="bad-sensor", field=place,
        )  # fmt: skip
    site = snapshot.site(site_name)
    if site is None:
        raise BadRequest(f"{place}: there is no site “{site_name[:40]}”.", slug="bad-sensor", field=place)
    if DEVICE in schema.sensor:
        return
    sensor = snapshot.sensor(site.id, tag)
    if sensor is None:
        raise BadRequest(f"{place}: {site.slug} has no sensor “{tag[:80]}”.", slug="bad-sensor", field=place)
    if schema.unit and sensor.unit and conversion(schema.unit, sensor.unit) is None:
        raise BadRequest(
            f"{place}: {schema.unit} cannot be converted to {sensor.unit}, the unit of {sensor.tag}.",
            slug="bad-unit", field=f"fields.{field}.unit",
        )  # fmt: skip


def _presented(name: str, kept: Kept | None, arrived: Mapping[str, int]) -> EventType:
    if kept is None:
        return EventType(name, 0, 0, {}, [], arrived.get(name))
    infos = [_info(each) for each in kept.versions]
    return EventType(name, kept.version, kept.revision, fields_of(kept.content), infos, arrived.get(name))


def _info(version: Version) -> VersionInfo:
    return VersionInfo(version.version, version.author, version.created, version.note)


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no type of events “{name[:80]}”.", slug="no-such-event-type")
