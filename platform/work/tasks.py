"""Celery tasks of work."""

from __future__ import annotations

from functools import partial

from celery import shared_task

from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.housekeeping import each_tenant, isolated
from work.campaigns.operations import refresh_all
from work.cases import notes
from work.cases.operations import suppress_alerts
from work.plans.opening import open_due
from work.plans.tracking import track_all


@shared_task(name="work.tasks.open_due_cases")  # type: ignore[untyped-decorator]
def open_due_cases() -> None:
    """Opens the cases of maintenance plans that are due, and brings up to date what follows from cases and devices."""
    each_tenant(partial(_look_after, now=now_ms()), "looking after maintenance plans")


@shared_task(name="work.tasks.sweep_files")  # type: ignore[untyped-decorator]
def sweep_files() -> None:
    """Removes files that no case names, as their processes were killed."""
    each_tenant(notes.sweep, "removing files of cases")


def _look_after(tenant: TenantConnection, now: int) -> None:
    isolated(tenant, partial(refresh_all, now=now), "looking for the devices of campaigns")
    isolated(tenant, partial(suppress_alerts, now=now), "suppressing alerts during maintenance")
    isolated(tenant, partial(track_all, now=now), "looking for the assets of maintenance plans")
    open_due(tenant, now)
