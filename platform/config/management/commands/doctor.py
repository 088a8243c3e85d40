"""`manage.py doctor`: reports what is running, where, and what is wrong; exit code 1 if anything is."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.doctor import examine


class Command(BaseCommand):
    help = "Report what is running, where, and what is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for finding in examine(settings.HOME):
            wrong += finding.wrong
            mark = self.style.ERROR("✗") if finding.wrong else self.style.SUCCESS("✓")
            self.stdout.write(f"{mark} {finding.title}: {finding.text}")
            if finding.remedy:
                self.stdout.write(f"    {finding.remedy}")
        self.stdout.write("" if wrong else "No problems found.")
        if wrong:
            self.stdout.write(f"{wrong} problem{'s' * (wrong > 1)} found.")
            sys.exit(1)
