"""`manage.py down`: stop everything that `up` started."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import platform
from runtime.supervisor import Supervisor


class Command(BaseCommand):
    help = "Stop the embedded installation and nothing else; its data is kept."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        running = Supervisor(settings.HOME).is_up() or Supervisor(settings.HOME).leftovers()
        platform.down(settings.HOME)
        self.stdout.write("Plantrace has been stopped." if running else "Plantrace was not running.")
