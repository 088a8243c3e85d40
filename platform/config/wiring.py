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
    from catalog import jobs as bulk_changes
    from config.dataplane import Stores
    from config.directory import RelationalDirectory
    from ingest.corrections import jobs as corrections
    from ingest.imports import jobs as imports
    from jobs import register
    from tenants.backups import jobs as backups
    from tenants.interfaces import set_data_plane
    from web.directory import set_directory

    set_directory(RelationalDirectory())
    set_data_plane(Stores())
    for kind in (bulk_changes.KIND, imports.KIND, corrections.KIND, backups.BACKUPS, backups.RESTORES):
        register(kind)


def _connect_data_plane() -> None:
    """What every process that serves or stores samples needs, a tenant's own pod too."""
    from access.credentials import set_basic_auth_paths
    from catalog.samples import set_incoming_samples
    from ingest.incoming import QueueAndJobs
    from ingest.sources.registry import basic_auth_paths
    from ingest.writer.intervals import IntervalListener
    from ingest.writer.listeners import set_listeners
    from twin.overlays import Overlays, set_overlays

    set_basic_auth_paths(basic_auth_paths())
    set_incoming_samples(QueueAndJobs())
    set_listeners([IntervalListener])  # the live stream and analytics join here; for alarm rules see ADR 57
    set_overlays(Overlays())  # alarms and predictions join here
