"""Joins what the parts leave open: interfaces that one defines and another fills."""

from __future__ import annotations

from django.conf import settings


def connect() -> None:
    if settings.CONTROL_URL:
        from config.pod.wiring import connect_pod

        connect_pod()
    else:
        _connect()
    _connect_data_plane()


def _connect() -> None:
    from access.devices import set_device_directory
    from access.signals import person_left
    from alarms.notification.seams import set_members, set_secrets
    from alarms.seams import set_contacts, set_other_targets, set_past_events, set_queued_events
    from analysis.calculated.as_sensors import CalculatedSeries
    from analysis.runs.events import set_event_times
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
    from historian.http.other_series import set_other_series
    from ingest.corrections import jobs as corrections
    from ingest.devices.credentials import set_device_tokens
    from ingest.devices.facts import set_device_facts
    from ingest.devices.known_facts import Arrivals, SensorFacts
    from ingest.imports import jobs as imports
    from ingest.imports.listening import set_import_listener
    from ingest.source_admin.credentials import set_token_directory
    from jobs import register
    from stream.callers import set_callers
    from stream.sources import set_sources
    from tenants import encryption
    from tenants.backups import jobs as backups
    from tenants.interfaces import set_data_plane
    from web.directory import set_directory
    from workspace.schematics import set_schematics

    person_left.connect(discard_personal_data, dispatch_uid="config.people")
    set_directory(RelationalDirectory())
    set_data_plane(Stores())
    set_callers(StreamCallers())
    set_device_directory(RegisteredDevices())
    set_device_tokens(BoundTokens())
    set_token_directory(TenantTokens())
    set_device_facts({"sensors": SensorFacts(), "arrivals": Arrivals()})  # key figures, cases join here
    set_sources(TenantsSources())
    set_other_series(CalculatedSeries())
    set_event_times(StoredEvents())
    set_schematics(StoredSchematics())
    set_queued_events(EventsOfQueue())
    set_contacts(LastContacts())
    set_import_listener(ImportedHistory())
    set_other_targets(OtherTargets())
    set_past_events(PastEvents())
    connect_work()
    set_members(TenantMembers())
    set_secrets(InstallationKeys())
    encryption.register(*map(EncryptedDocuments, ("notification_channels", "push_subscriptions", "alarm_sinks")))
    for kind in (bulk_changes.KIND, imports.KIND, corrections.KIND, backups.BACKUPS, backups.RESTORES):
        register(kind)


def _connect_data_plane() -> None:
    """What every process that serves or stores samples needs, a tenant's own pod too."""
    from access.credentials import set_basic_auth_paths
    from catalog.samples import set_incoming_samples
    from config.alarm_overlay import AlarmOverlay
    from config.streaming import StreamPublisher
    from ingest.incoming import QueueAndJobs
    from ingest.writer.intervals import IntervalListener
    from ingest.writer.listeners import set_listeners
    from twin.overlays import Overlays, set_overlays
    from web.stream import set_publisher

    set_basic_auth_paths(_basic_auth_paths)
    set_incoming_samples(QueueAndJobs())
    set_listeners([IntervalListener])  # analytics join here; for alarm rules see ADR 57, for the live stream ADR 71
    set_publisher(StreamPublisher())
    set_overlays(Overlays(alarms=AlarmOverlay()))  # predictions join here


def _basic_auth_paths() -> frozenset[str]:
    """The sources have views, which processes that serve no requests do without: a tenth of their start."""
    from ingest.sources.registry import basic_auth_paths

    return basic_auth_paths()
