"""Background work. A message only wakes it; what is to be done stands in the documents."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.conf import settings

from ingest.imports import jobs
from kernel.errors import Unavailable
from stores.documents import Pending
from web.directory import directory

log = logging.getLogger(__name__)


@shared_task(name="ingest.tasks.run_import")  # type: ignore[untyped-decorator]
def run_import(slug: str, id: str) -> None:
    """Run one import of a tenant; if another one is running it waits for the next look."""
    tenant = directory().by_slug(slug)
    if tenant is None:  # gone, or suspended: then asking for the import wakes it again
        Pending(settings.REDIS_URL, "imports").remove(slug, id)
        return
    try:
        jobs.perform(tenant, id, jobs.now_ms)
    except Unavailable as error:
        log.warning("import %s of %s is tried again: %s", id, slug, error.detail)


@shared_task(name="ingest.tasks.run_open_imports")  # type: ignore[untyped-decorator]
def run_open_imports() -> None:
    """Pick up imports whose worker was killed, whose message was lost, or that had to wait."""
    for slug, id in Pending(settings.REDIS_URL, "imports").all():
        run_import(slug, id)


@shared_task(name="ingest.tasks.clear_uploads")  # type: ignore[untyped-decorator]
def clear_uploads() -> None:
    jobs.clear_away(time.time())
