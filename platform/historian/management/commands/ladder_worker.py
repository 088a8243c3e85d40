"""Builds and repairs every tenant's ladder; runs until SIGTERM."""

from __future__ import annotations

from typing import Any

from historian.ladder.process import LadderWorker
from web.clock import now_ms
from web.workers.command import WorkerCommand, all_tenants


class Command(WorkerCommand):
    help = "Build and repair the stored rollups of all tenants, until SIGTERM."

    def worker(self, **options: Any) -> LadderWorker:
        return LadderWorker(all_tenants, now_ms)
