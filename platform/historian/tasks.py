"""Celery tasks of the historian."""

from __future__ import annotations

import time

from celery import shared_task

from historian.retention import apply as retention
from kernel.tenancy import TenantConnection
from web.housekeeping import each_tenant

CONCURRENCY = 4  # tenants processed concurrently


@shared_task(name="historian.tasks.apply_retention")  # type: ignore[untyped-decorator]
def apply_retention() -> None:
    """Daily, some tenants concurrently; one whose stores are down is retried the next day."""
    each_tenant(_apply, "deleting old samples", CONCURRENCY)


def _apply(tenant: TenantConnection) -> None:
    retention.apply(tenant, time.time_ns() // 1_000_000)
