"""Background work. A message only wakes it; what is to be done stands in the documents."""

from __future__ import annotations

import time

from celery import shared_task

from catalog import jobs
from web.directory import directory


@shared_task(name="catalog.tasks.run_job")  # type: ignore[untyped-decorator]
def run_job(slug: str, id: str) -> None:
    """Do one job of a tenant."""
    tenant = directory().by_slug(slug)
    if tenant is None:
        jobs.pending().remove(slug, id)  # deleted meanwhile, and the job with it
        return
    jobs.run(tenant, id, _now)


@shared_task(name="catalog.tasks.run_open_jobs")  # type: ignore[untyped-decorator]
def run_open_jobs() -> None:
    """Pick up jobs whose worker was killed, or whose message was lost."""
    for slug, id in jobs.pending().all():
        run_job(slug, id)


def _now() -> int:
    return time.time_ns() // 1_000_000
