"""`manage.py restore FILE`: restore a backup into this installation's folder, which must be empty."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup import restore
from config.backup.archive import BadArchive
from config.backup.embedded import check_embedded
from kernel.errors import PlantraceError
from tenants.drivers import DriverError

EXPECTED = (BadArchive, restore.CannotRestore, DriverError, PlantraceError, OSError)


class Command(BaseCommand):
    help = "Restore a backup into PLANTRACE_HOME, which must be empty; `manage.py up` starts it afterwards."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--unauthenticated", action="store_true", help="accept an archive that no key of FERNET_KEYS signed"
        )
        parser.add_argument("--data-only", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, file: Path, data_only: bool, unauthenticated: bool, **options: Any) -> None:
        check_embedded("restored")
        path = file.resolve()
        try:
            if data_only:
                return restore.restore_data(settings.HOME, path, self.stdout.write)
            about = restore.restore(settings.HOME, path, unauthenticated)
        except EXPECTED as error:
            raise CommandError(str(error)) from None
        when = datetime.fromtimestamp(about.created / 1000, UTC)
        self.stdout.write(
            f"Restored {len(about.tenants)} tenants as of {when:%Y-%m-%d %H:%M:%S} UTC into {settings.HOME.path}."
            " Start it with `manage.py up`."
        )
