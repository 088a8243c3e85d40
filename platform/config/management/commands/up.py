"""`manage.py up`: start the installation and return."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import platform


class Command(BaseCommand):
    help = "Start the embedded installation (stores, web, worker, writer) and return once it answers."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        platform.up(settings.HOME, self.stdout.write)
        self.stdout.write(f"Plantrace answers at {platform.url(settings.HOME)}")
