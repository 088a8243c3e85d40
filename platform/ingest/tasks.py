"""Periodic housekeeping."""

from __future__ import annotations

import time

from celery import shared_task

from ingest import changes
from ingest.imports import jobs
from web.stores import database


@shared_task(name="ingest.tasks.clear_uploads")  # type: ignore[untyped-decorator]
def clear_uploads() -> None:
    jobs.purge_expired(time.time())


@shared_task(name="ingest.tasks.clear_changes")  # type: ignore[untyped-decorator]
def clear_changes() -> None:
    """Journals of deleted and overwritten samples are kept for 30 days."""
    changes.purge_expired(time.time(), is_gone=lambda name: not database(name).collections())
