"""Celery only wakes the reconciler: at a worker's start, every 2 s, and when somebody made a wish."""

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

TURN = timedelta(seconds=2)  # as often as beat wakes us
_new = True  # this process has not looked for users yet: its release may let them do something else


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def reconcile() -> None:
    global _new
    reconciler.ensure_pod_users(all_of_them=_new)
    _new = False
    reconciler.reconcile_once(TURN, settings.TENANTS_AT_ONCE)
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
