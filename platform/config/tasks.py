"""Runs jobs in Celery workers: one task per queue, triggered by whoever queues a job and by beat."""

from __future__ import annotations

from celery import shared_task

from jobs import Queue, work
from jobs.dispatch import pod_lists
from jobs.open_jobs import collect_open
from jobs.wakeup import TASK
from tenants import queries
from web.clock import now_ms


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def run_open_jobs(queue: str) -> None:
    """Run the open jobs of a queue, including those whose worker was killed or whose message was lost."""
    for name in pod_lists():
        collect_open(name, queries.connections_with_pods())
    work(Queue(queue), now_ms)
