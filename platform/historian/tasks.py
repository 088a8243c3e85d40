"""Celery tasks of the historian."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

from celery import shared_task

from historian.retention import apply as retention
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web.directory import directory

log = logging.getLogger(__name__)

CONCURRENCY = 4  # tenants processed concurrently


@shared_task(name="historian.tasks.apply_retention")  # type: ignore[untyped-decorator]
def apply_retention() -> None:
    """Daily, some tenants concurrently; one whose stores are down is retried the next day."""
    with ThreadPoolExecutor(CONCURRENCY, "retention") as pool:
        list(pool.map(_apply, directory().all()))


def _apply(tenant: TenantConnection) -> None:
    try:
        retention.apply(tenant, time.time_ns() // 1_000_000)
    except PlantraceError as error:
        log.warning("%s: old samples stay for now: %s", tenant.slug, error.detail)
    except Exception:  # one tenant's failure must not stop the others
        log.exception("%s: old samples stay for now", tenant.slug)
