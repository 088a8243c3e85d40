"""Celery only triggers the reconciler: when a worker starts, every 2 s, and on a request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from tenants import reconciler, usage
from tenants.rollouts import engine
from tenants.waking import TASK, wake

INTERVAL = timedelta(seconds=2)  # that of the scheduler
_new = True  # this process has not checked the users yet: its release may grant them something else


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def reconcile() -> None:
    global _new
    reconciler.ensure_pod_users(all_of_them=_new)
    _new = False
    reconciler.reconcile_once(INTERVAL, settings.TENANTS_CONCURRENCY)
    reconciler.drop_disks(timezone.now())
    reconciler.restart_stopped()
    reconciler.suspend_withdrawn()
    engine.advance(timezone.now())


@shared_task(name="tenants.tasks.measure")  # type: ignore[untyped-decorator]
def measure() -> None:
    usage.measure_all(timezone.now())


@worker_ready.connect  # type: ignore[untyped-decorator]
def _at_start(**_: Any) -> None:
    wake()
