"""The workers' way into the jobs: one task for each queue, woken by whoever queues a job and by beat."""

from __future__ import annotations

import time

from celery import shared_task

from catalog.jobs import PENDING
from ingest.corrections.jobs import COLLECTION
from tenants import queries
from web.jobs import Queue, work
from web.jobs.opened import collect_open
from web.jobs.waking import TASK

KINDS_OF_PODS = (PENDING, COLLECTION)  # what a tenant's API pod accepts


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def run_open_jobs(queue: str) -> None:
    """Run the open jobs of a queue, including those whose worker was killed or whose message was lost."""
    for kind in KINDS_OF_PODS:
        collect_open(kind, queries.connections_with_pods())
    work(Queue(queue), lambda: time.time_ns() // 1_000_000)
