"""`manage.py deactivate NAME`: lock a person out of the whole platform."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import User
from access.operations import set_user_active
from kernel.errors import PlantraceError
from web.audit import audit


class Command(BaseCommand):
    help = "Lock a person out: sessions and tokens end within a second. With --undo they may sign in again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--undo", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")
        try:
            set_user_active(user, options["undo"])
        except PlantraceError as error:
            raise CommandError(error.detail) from None
        audit(None, "user.activate" if options["undo"] else "user.deactivate", user.username)
        outcome = "may sign in again" if options["undo"] else "is locked out"
        self.stdout.write(f"{user.username} {outcome}.")
