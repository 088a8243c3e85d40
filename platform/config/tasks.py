"""Runs jobs in Celery workers: one task per queue, triggered by whoever queues a job and by beat."""

from __future__ import annotations

from celery import shared_task

from config import people
from jobs import Queue, work
from jobs.dispatch import pod_lists
from jobs.open_jobs import collect_open
from jobs.wakeup import TASK
from tenants import queries
from web.clock import now_ms
from web.housekeeping import each_tenant


@shared_task(name="config.tasks.discard_left")  # type: ignore[untyped-decorator]
def discard_left() -> None:
    """What people who left kept for themselves, where it was not deleted when they left."""
    each_tenant(people.discard_left, "deleting what people who left kept for themselves")


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def run_open_jobs(queue: str) -> None:
    """Run the open jobs of a queue, including those whose worker was killed or whose message was lost."""
    for name in pod_lists():
        collect_open(name, queries.connections_with_pods())
    work(Queue(queue), now_ms)
