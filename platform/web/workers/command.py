"""The command of a process that serves every tenant until SIGTERM."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from kernel.tenancy import TenantConnection
from web.directory import directory
from web.workers.tenant_worker import TenantWorker


class Background(Protocol):
    """Runs in threads of its own; `stop` returns when it has ended."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class WorkerCommand(BaseCommand, ABC):
    requires_system_checks: list[str] = []  # they import every view

    @abstractmethod
    def worker(self, **options: Any) -> TenantWorker[Any]: ...

    def beside(self) -> Sequence[Background]:
        """What runs while the worker does; the last one is stopped first."""
        return ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker, beside = self.worker(**options), self.beside()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        for each in beside:
            each.start()
        try:
            worker.run()
        finally:
            for each in reversed(beside):
                each.stop()


def all_tenants() -> list[TenantConnection]:
    """For a thread that lives long."""
    close_old_connections()
    return directory().all()
