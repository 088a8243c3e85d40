"""Runs jobs in Celery workers: one task per queue, triggered by whoever queues a job and by beat."""

from __future__ import annotations

from celery import shared_task

from catalog import jobs as bulk_changes
from ingest.corrections.jobs import COLLECTION
from jobs import Queue, work
from jobs.open_jobs import collect_open
from jobs.wakeup import TASK
from tenants import queries
from web.clock import now_ms

KINDS_OF_PODS = (bulk_changes.JOBS.open_list, COLLECTION)  # jobs accepted by a tenant's API pod


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def run_open_jobs(queue: str) -> None:
    """Run the open jobs of a queue, including those whose worker was killed or whose message was lost."""
    for kind in KINDS_OF_PODS:
        collect_open(kind, queries.connections_with_pods())
    work(Queue(queue), now_ms)
