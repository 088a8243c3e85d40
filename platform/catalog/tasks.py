"""Celery tasks of the catalog."""

from __future__ import annotations

from celery import shared_task

from catalog import removals
from web.housekeeping import each_tenant


@shared_task(name="catalog.tasks.finish_removals")  # type: ignore[untyped-decorator]
def finish_removals() -> None:
    """What follows the deletions whose processes were killed, or whose receivers failed."""
    each_tenant(removals.finish_left, "finishing deletions")
