"""Periodic housekeeping."""

from __future__ import annotations

from functools import partial

from celery import shared_task

from alarms.external import endings
from alarms.rules.settings import settings_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.timeseries.alarms import delete_alarms
from web.clock import now_ms
from web.housekeeping import each_tenant
from web.stores import writer


@shared_task(name="alarms.tasks.clear_journals")  # type: ignore[untyped-decorator]
def clear_journals() -> None:
    """Deletes what is older than each tenant keeps its journal, and when alerts of other systems ended long ago."""
    each_tenant(partial(_clear, now=now_ms()), "clearing the alarm journal")


def _clear(tenant: TenantConnection, now: int) -> None:
    clear_journal(tenant, now)
    endings.purge(tenant, now)


def clear_journal(tenant: TenantConnection, now: int) -> None:
    """Can be repeated."""
    days = settings_of(tenant).journal_days
    if days is not None:
        delete_alarms(writer(tenant), now - days * DAY)
