"""Moves queued samples into the tenants' InfluxDBs; runs until SIGTERM."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from ingest.writer.listeners import listeners_of
from ingest.writer.process import Writer
from ingest.writer.room import DiskRoom
from ingest.writer.tenant import TenantWriter
from kernel.tenancy import TenantConnection
from web.directory import directory
from web.stores import streams, writer

WRITE_TIMEOUT_S = 10.0  # shorter than the supervisor waits for us to stop


class Command(BaseCommand):
    help = "Move queued samples into InfluxDB, for all tenants, until SIGTERM."
    requires_system_checks: list[str] = []  # they import every view

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--tenant",
            metavar="SLUG",
            help="Only this tenant, which the shared writer then leaves alone; it may not exist yet",
        )

    def handle(self, *args: Any, tenant: str | None, **options: Any) -> None:
        if tenant:
            process = Writer(streams(), lambda: [one for one in _tenants() if one.slug == tenant], _writer_of, "own")
        else:
            process = Writer(streams(), _tenants, _writer_of, has_room=_disk_room())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: process.stop())
        process.run()


def _disk_room() -> Callable[[], bool]:
    """Of the embedded Redis; that of another server is on a disk that is not known here."""
    if not settings.EMBEDDED_REDIS:
        return lambda: True
    return DiskRoom(settings.HOME.path, settings.RESERVED_DISK_BYTES)


def _tenants() -> list[TenantConnection]:
    close_old_connections()
    return directory().all()


def _writer_of(tenant: TenantConnection) -> TenantWriter:
    return TenantWriter(streams(), writer(tenant, WRITE_TIMEOUT_S), tenant, listeners_of(tenant))
