"""Celery tasks of what people keep."""

from __future__ import annotations

from celery import shared_task

from web.housekeeping import each_tenant
from workspace.annotations import files


@shared_task(name="workspace.tasks.sweep_files")  # type: ignore[untyped-decorator]
def sweep_files() -> None:
    """Removes files that no annotation names, as their processes were killed."""
    each_tenant(files.sweep, "removing files of annotations")
