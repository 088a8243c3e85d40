"""`manage.py reset_password NAME`: a link to set a new password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.links import base_url, reset_link
from access.models import User
from access.operations.passwords import reset_token
from web.audit import audit


class Command(BaseCommand):
    help = "Print a link, valid once within a day, with which a user sets a new password."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--url", default="", help="the address people use, such as https://plantrace.example.com")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")
        if not user.is_active:
            raise CommandError(f"{user.username} is deactivated.")
        audit(None, "user.reset_link", user.username)
        self.stdout.write(reset_link(reset_token(user), options["url"].rstrip("/") or base_url()))
