"""Periodic housekeeping."""

from __future__ import annotations

import logging

from celery import shared_task

from alarms.external import endings
from alarms.rules.settings import settings_of
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.timeseries.alarms import delete_alarms
from web.clock import now_ms
from web.directory import directory
from web.stores import writer

log = logging.getLogger(__name__)


@shared_task(name="alarms.tasks.clear_journals")  # type: ignore[untyped-decorator]
def clear_journals() -> None:
    """Deletes what is older than each tenant keeps its journal, and when alerts of other systems ended long ago."""
    now = now_ms()
    for tenant in directory().all():
        try:
            clear_journal(tenant, now)
            endings.purge(tenant, now)
        except PlantraceError as error:
            log.warning("the journal of %s is cleared later: %s", tenant.slug, error.detail)
        except Exception:  # one tenant's trouble never ends the round of the others
            log.exception("the journal of %s is cleared later", tenant.slug)


def clear_journal(tenant: TenantConnection, now: int) -> None:
    """Can be repeated."""
    days = settings_of(tenant).journal_days
    if days is not None:
        delete_alarms(writer(tenant), now - days * DAY)
