"""Moves queued samples into the tenants' InfluxDBs; runs until SIGTERM."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings

from ingest.writer.listeners import listeners_of
from ingest.writer.process import Writer
from ingest.writer.room import DiskRoom
from ingest.writer.tenant import TenantWriter
from kernel.tenancy import TenantConnection
from web.stores import streams, writer
from web.workers.command import WorkerCommand, all_tenants

WRITE_TIMEOUT_S = 10.0  # shorter than the supervisor waits for us to stop


class Command(WorkerCommand):
    help = "Move queued samples into InfluxDB, for all tenants, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--tenant",
            metavar="SLUG",
            help="Only this tenant, which the shared writer then leaves alone; it may not exist yet",
        )

    def worker(self, *, tenant: str | None = None, **options: Any) -> Writer:
        if tenant:
            return Writer(streams(), lambda: [each for each in all_tenants() if each.slug == tenant], _writer_of, "own")
        return Writer(streams(), all_tenants, _writer_of, has_room=_disk_room())


def _disk_room() -> Callable[[], bool]:
    """Of the embedded Redis; that of another server is on a disk that is not known here."""
    if not settings.EMBEDDED_REDIS:
        return lambda: True
    return DiskRoom(settings.HOME.path, settings.RESERVED_DISK_BYTES)


def _writer_of(tenant: TenantConnection) -> TenantWriter:
    return TenantWriter(streams(), writer(tenant, WRITE_TIMEOUT_S), tenant, listeners_of(tenant))
