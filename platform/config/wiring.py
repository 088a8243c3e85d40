"""Joins what the parts leave open: interfaces that one defines and another fills."""

from __future__ import annotations

from functools import cache

from django.conf import settings


def connect() -> None:
    if settings.CONTROL_URL:
        from config.pod.wiring import connect_pod

        connect_pod()
    else:
        _connect()
    _connect_data_plane()


def _connect() -> None:
    from access.devices import device_directory
    from access.signals import person_left
    from alarms.notification.seams import members, secrets
    from alarms.seams import contacts, other_targets, past_events, queued_events
    from analysis.calculated.as_sensors import CalculatedSeries
    from analysis.runs.events import event_times
    from catalog import jobs as bulk_changes
    from config.alarms import EventsOfQueue, ImportedHistory, LastContacts, OtherTargets, PastEvents
    from config.dataplane import Stores
    from config.devices import BoundTokens, RegisteredDevices
    from config.directory import RelationalDirectory
    from config.encrypted_documents import EncryptedDocuments
    from config.notification import InstallationKeys, TenantMembers
    from config.people import discard_personal_data
    from config.run_events import StoredEvents
    from config.schematics import StoredSchematics
    from config.senders import TenantTokens
    from config.streaming import StreamCallers, TenantsSources
    from config.work import connect_work
    from historian.http.other_series import other_series
    from ingest.corrections import jobs as corrections
    from ingest.devices.credentials import device_tokens
    from ingest.devices.facts import set_device_facts
    from ingest.devices.known_facts import Arrivals, SensorFacts
    from ingest.imports import jobs as imports
    from ingest.imports.listening import import_listener
    from ingest.source_admin.credentials import token_directory
    from jobs import register
    from stream.callers import callers
    from stream.sources import sources
    from tenants import encryption
    from tenants.backups import jobs as backups
    from tenants.interfaces import data_plane
    from web.directory import directory
    from workspace.schematics import schematics

    person_left.connect(discard_personal_data, dispatch_uid="config.people")
    directory.connect(RelationalDirectory())
    data_plane.connect(Stores())
    callers.connect(StreamCallers())
    device_directory.connect(RegisteredDevices())
    device_tokens.connect(BoundTokens())
    token_directory.connect(TenantTokens())
    set_device_facts({"sensors": SensorFacts(), "arrivals": Arrivals()})  # key figures, cases join here
    sources.connect(TenantsSources())
    other_series.connect(CalculatedSeries())
    event_times.connect(StoredEvents())
    schematics.connect(StoredSchematics())
    queued_events.connect(EventsOfQueue())
    contacts.connect(LastContacts())
    import_listener.connect(ImportedHistory())
    other_targets.connect(OtherTargets())
    past_events.connect(PastEvents())
    connect_work()
    members.connect(TenantMembers())
    secrets.connect(InstallationKeys())
    encryption.register(*map(EncryptedDocuments, ("notification_channels", "push_subscriptions", "alarm_sinks")))
    for kind in (bulk_changes.KIND, imports.KIND, corrections.KIND, backups.BACKUPS, backups.RESTORES):
        register(kind)


def _connect_data_plane() -> None:
    """What every process that serves or stores samples needs, a tenant's own pod too."""
    from access.credentials import basic_auth_paths
    from catalog.samples import incoming_samples
    from config.alarm_overlay import AlarmOverlay
    from config.streaming import StreamPublisher
    from ingest.incoming import QueueAndJobs
    from ingest.writer.intervals import IntervalListener
    from ingest.writer.listeners import listener_factories
    from twin.overlays import Overlays, overlays
    from web.stream import publisher

    basic_auth_paths.connect(cache(_basic_auth_paths))
    incoming_samples.connect(QueueAndJobs())
    # Analytics join here; for alarm rules see ADR 57, for the live stream ADR 71.
    listener_factories.connect([IntervalListener])
    publisher.connect(StreamPublisher())
    overlays.connect(Overlays(alarms=AlarmOverlay()))  # predictions join here


def _basic_auth_paths() -> frozenset[str]:
    """The sources have views, which processes that serve no requests do without: a tenth of their start."""
    from ingest.sources.registry import basic_auth_paths

    return basic_auth_paths()
