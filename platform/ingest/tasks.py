"""Periodic housekeeping."""

from __future__ import annotations

import time
from functools import partial

from celery import shared_task
from django.conf import settings

from ingest import changes
from ingest.corrections import jobs as corrections
from ingest.devices import operations as devices
from ingest.events import attachments
from ingest.events import retention as event_retention
from ingest.imports import jobs as imports
from jobs import Retention
from kernel.times import DAY
from stores.redis.devices import due_question, is_due
from web.clock import now_ms
from web.directory import directory
from web.housekeeping import each_tenant, isolated
from web.stores import ask, database


@shared_task(name="ingest.tasks.watch_devices")  # type: ignore[untyped-decorator]
def watch_devices() -> None:
    """Devices that fell silent are announced, and commands that expired are ended."""
    now, tenants = now_ms(), directory().all()
    due = ask([due_question(tenant.prefix, now) for tenant in tenants], "looking for devices") if tenants else []
    for tenant, replies in zip(tenants, due, strict=True):
        if is_due(replies):
            isolated(tenant, partial(devices.watch, now=now), "watching devices")


@shared_task(name="ingest.tasks.clear_uploads")  # type: ignore[untyped-decorator]
def clear_uploads() -> None:
    imports.purge_expired(time.time())


@shared_task(name="ingest.tasks.clear_changes")  # type: ignore[untyped-decorator]
def clear_changes() -> None:
    """Journals of deleted and overwritten samples are kept for 30 days. What a killed correction held is put back."""
    each_tenant(corrections.put_back_if_held, "putting samples back")
    changes.purge_expired(time.time(), is_gone=lambda name: not database(name).collections())


@shared_task(name="ingest.tasks.clear_jobs")  # type: ignore[untyped-decorator]
def clear_jobs() -> None:
    """Deletes old imports and corrections that have ended and can no longer be undone."""
    now, retention = now_ms(), Retention(settings.JOB_RETENTION_DAYS * DAY, settings.JOB_RETENTION_COUNT)
    for purge in (imports.purge, corrections.purge):
        each_tenant(partial(purge, now=now, retention=retention), "clearing jobs")


@shared_task(name="ingest.tasks.sweep_attachments")  # type: ignore[untyped-decorator]
def sweep_attachments() -> None:
    """Removes long texts that no event has, as their processes were killed."""
    each_tenant(attachments.sweep, "removing long texts of events")


@shared_task(name="ingest.tasks.clear_events")  # type: ignore[untyped-decorator]
def clear_events() -> None:
    """Deletes events that are older than their tenant keeps them."""
    each_tenant(partial(event_retention.apply, now_ms=now_ms()), "clearing events")
