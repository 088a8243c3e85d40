"""The stores, one client per process, with the addresses from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings

from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.objects import Blobs, blobs_at
from stores.redis import questions
from stores.redis.alarm_feed import AlarmFeed
from stores.redis.alarm_figures import AlarmFiguresReader
from stores.redis.alarms import Alarms
from stores.redis.attachment_notes import AttachmentNotes
from stores.redis.breakers import Breakers
from stores.redis.deliveries import Deliveries
from stores.redis.device_commands import DeviceCommands
from stores.redis.devices import Devices
from stores.redis.errors import translated
from stores.redis.event_types import EventTypes
from stores.redis.limits import Limits
from stores.redis.marks import Marks
from stores.redis.outgoing_counts import OutgoingCounts
from stores.redis.outgoing_figures import OutgoingFiguresReader
from stores.redis.questions import Question
from stores.redis.second_reader import SecondReader
from stores.redis.streams import Streams
from stores.request_scope import current_request
from stores.timeseries import PatientShare, Share, Timeseries

REQUEST_TIMEOUT_S, WORKER_TIMEOUT_S = 5.0, 30.0  # until the response starts
REPLACING_TIMEOUT_S = 120.0


@lru_cache(maxsize=200)
def database(name: str) -> Database:
    """Documents by the name of their database."""
    return Database(settings.MONGODB_URI, name, settings.REDIS_URL)


@lru_cache(maxsize=1)
def streams() -> Streams:
    """Ingest streams, latest values, revisions: Redis."""
    return Streams(settings.REDIS_URL, own=bool(settings.CONTROL_URL))


@lru_cache(maxsize=1)
def attachments() -> Blobs | None:
    """Long texts of events and files of annotations; None if there is no place for them."""
    return blobs_at(settings.EVENT_ATTACHMENTS, settings.AWS_ENDPOINT_URL) if settings.EVENT_ATTACHMENTS else None


@lru_cache(maxsize=1)
def attachment_notes() -> AttachmentNotes:
    """The room that attachments take, and which of them may be without a reference: Redis."""
    return AttachmentNotes(settings.REDIS_URL)


@lru_cache(maxsize=1)
def event_types() -> EventTypes:
    """The types of events that arrive: Redis."""
    return EventTypes(settings.REDIS_URL)


@lru_cache(maxsize=1)
def limits() -> Limits:
    """How often something may happen: Redis."""
    return Limits(settings.REDIS_URL)


@lru_cache(maxsize=1)
def devices() -> Devices:
    """When devices were last heard: Redis."""
    return Devices(settings.REDIS_URL)


@lru_cache(maxsize=1)
def device_commands() -> DeviceCommands:
    """Commands of devices: Redis."""
    return DeviceCommands(settings.REDIS_URL)


@lru_cache(maxsize=1)
def alarms() -> Alarms:
    """The states of alarms, and transitions on their way to the journal: Redis."""
    return Alarms(settings.REDIS_URL, own=bool(settings.CONTROL_URL))


@lru_cache(maxsize=1)
def outgoing_counts() -> OutgoingCounts:
    """What became of messages about alarms: Redis."""
    return OutgoingCounts(settings.REDIS_URL)


@lru_cache(maxsize=1)
def outgoing_figures() -> OutgoingFiguresReader:
    """How far notifications and sinks of alarms are: Redis."""
    return OutgoingFiguresReader(settings.REDIS_URL)


@lru_cache(maxsize=1)
def alarm_figures() -> AlarmFiguresReader:
    """How far the evaluation of alarms is: Redis."""
    return AlarmFiguresReader(settings.REDIS_URL)


@lru_cache(maxsize=1)
def alarm_feed() -> AlarmFeed:
    """Transitions of alarms on their way to sinks: Redis."""
    return AlarmFeed(settings.REDIS_URL)


@lru_cache(maxsize=1)
def deliveries() -> Deliveries:
    """Deliveries of notifications: Redis."""
    return Deliveries(settings.REDIS_URL)


@lru_cache(maxsize=1)
def second_reader() -> SecondReader:
    """The queue as alarms read it: Redis."""
    return SecondReader(settings.REDIS_URL)


def marks() -> Marks:
    """What has to be rebuilt of the tenants' ladders: Redis."""
    return streams().marks


def ask(wanted: Sequence[Question], doing: str) -> list[list[Any]]:
    """Redis's replies to each question, in one round trip. `doing` completes “did not answer while …”."""
    with translated(doing):
        return questions.ask(settings.REDIS_URL, wanted)


def documents(tenant: TenantConnection) -> Database:
    """The tenant's document database."""
    return database(tenant.documents)


@lru_cache(maxsize=200)
def share(id: str, url: str) -> Share:
    """The tenant's share of this process; whether its database answers is known to all processes."""
    return Share(url, _breaker_of(id), _breakers())


def hold(tenant: TenantConnection) -> None:
    """The request will take long: an export. DatabaseBusy if the tenant already has its maximum."""
    share(tenant.id, tenant.influx_url).hold()


def reader(tenant: TenantConnection) -> Timeseries:
    """The tenant's InfluxDB with its read-only user. Requests wait for a few seconds, workers longer."""
    return _reader(tenant, WORKER_TIMEOUT_S if current_request() is None else REQUEST_TIMEOUT_S)


@lru_cache(maxsize=400)
def _reader(tenant: TenantConnection, timeout_s: float) -> Timeseries:
    return Timeseries(tenant.influx_url, tenant.reader, timeout_s=timeout_s, share=share(tenant.id, tenant.influx_url))


@lru_cache(maxsize=200)
def writer(tenant: TenantConnection, timeout_s: float = WORKER_TIMEOUT_S) -> Timeseries:
    """The tenant's InfluxDB with its write user."""
    return Timeseries(tenant.influx_url, tenant.writer, timeout_s=timeout_s, share=share(tenant.id, tenant.influx_url))


@lru_cache(maxsize=200)
def replacer(tenant: TenantConnection) -> Timeseries:
    """The same for stored samples that are replaced while the ingest writer is paused: it waits longer, and also while
    the database is silent, until it is known what has become of them.
    """
    share = PatientShare(tenant.influx_url, _breaker_of(tenant.id), _breakers())
    return Timeseries(tenant.influx_url, tenant.writer, timeout_s=REPLACING_TIMEOUT_S, share=share)


def _breaker_of(id: str) -> str:
    return f"pt:{id}:breaker:timeseries"


@lru_cache(maxsize=1)
def _breakers() -> Breakers:
    return Breakers(settings.REDIS_URL)
