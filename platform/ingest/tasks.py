"""Background work that no job describes."""

from __future__ import annotations

import time

from celery import shared_task

from ingest.imports import jobs


@shared_task(name="ingest.tasks.clear_uploads")  # type: ignore[untyped-decorator]
def clear_uploads() -> None:
    jobs.clear_away(time.time())
