"""`manage.py backup FILE`: back up the running embedded installation into one archive."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup.embedded import check_embedded
from config.backup.take import CannotBackUp, back_up
from kernel.errors import PlantraceError
from runtime.supervisor import SupervisorDown
from tenants.drivers import DriverError


class Command(BaseCommand):
    help = "Write control plane, documents, samples and secrets of this installation into one archive, while it runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it (.tar.gz); it holds every secret: keep it safe")
        parser.add_argument("--overwrite", action="store_true", help="replace the file if there is one")

    def handle(self, *args: Any, file: Path, overwrite: bool, **options: Any) -> None:
        check_embedded("backed up")
        path, begun = file.resolve(), time.monotonic()
        if path.exists() and not overwrite:
            raise CommandError(f"{path} exists; name another file, or use --overwrite.")
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}.")
        try:
            size = back_up(settings.HOME, path, self.stdout.write)
        except SupervisorDown:
            raise CommandError("The installation is not running; `manage.py up` starts it.") from None
        except (CannotBackUp, DriverError, PlantraceError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{path}: {size / 1e6:.1f} MB in {time.monotonic() - begun:.1f} s")
