"""Builds and repairs every tenant's ladder; runs until SIGTERM."""

from __future__ import annotations

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from historian.ladder.process import LadderWorker
from kernel.tenancy import TenantConnection
from web.directory import directory


class Command(BaseCommand):
    help = "Build and repair the stored rollups of all tenants, until SIGTERM."
    requires_system_checks: list[str] = []  # they import every view

    def handle(self, *args: Any, **options: Any) -> None:
        worker = LadderWorker(_tenants, lambda: time.time_ns() // 1_000_000)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


def _tenants() -> list[TenantConnection]:
    close_old_connections()
    return directory().all()
