"""`manage.py create_operator NAME`: the first operator of the platform."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import User
from access.operations import bump_epoch, create_user
from access.operations.people import checked_username
from kernel.errors import PlantraceError
from web.audit import audit


class Command(BaseCommand):
    help = (
        "Create an operator, or make an existing user one. Asks for the password, or generates it and prints it once."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default="operator")
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--generate", action="store_true", help="generate the password instead of prompting for it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._make(options)
        except PlantraceError as error:
            raise CommandError(error.detail) from None

    def _make(self, options: dict[str, Any]) -> None:
        username = checked_username(options["username"])
        existing = User.objects.filter(username=username).first()
        if existing is not None:
            self._promote(existing)
            return
        generated = secrets.token_urlsafe(15) if options["generate"] or not sys.stdin.isatty() else ""
        password = generated or self._prompt_password()
        create_user(username, password, name=options["name"], email=options["email"], operator=True)
        audit(None, "operator.create", username)
        self.stdout.write(f"Operator {username} created.")
        if generated:
            self.stdout.write(f"Password (shown this once): {generated}")

    def _promote(self, user: User) -> None:
        if user.operator:
            self.stdout.write(
                f"{user.username} is already an operator. Forgotten the password? manage.py reset_password"
            )
            return
        User.objects.filter(pk=user.pk).update(operator=True)
        bump_epoch(user=user)
        audit(None, "operator.create", user.username)
        self.stdout.write(f"{user.username} is now an operator; the password has not changed.")

    def _prompt_password(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return password
