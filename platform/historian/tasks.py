"""What Celery runs for the historian."""

from __future__ import annotations

import logging
import time

from celery import shared_task

from historian import retention
from kernel.errors import PlantraceError
from web.directory import directory

log = logging.getLogger(__name__)


@shared_task(name="historian.tasks.apply_retention")  # type: ignore[untyped-decorator]
def apply_retention() -> None:
    """Once a day; a tenant whose stores are down has its turn the next time."""
    for tenant in directory().all():
        try:
            retention.apply(tenant, time.time_ns() // 1_000_000)
        except PlantraceError as error:
            log.warning("%s: old samples stay for now: %s", tenant.slug, error.detail)
        except Exception:  # one tenant's trouble never ends the round of the others
            log.exception("%s: old samples stay for now", tenant.slug)
