"""`manage.py await_database`: what a pod does before its process starts."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

PAUSE_S = 0.5


class Command(BaseCommand):
    help = "Wait until the relational database answers; with --migrated, until its migrations are applied."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrated", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        reported = ""
        while missing := _missing(options["migrated"]):
            if missing != reported:
                self.stdout.write(f"Waiting: {missing}")
                reported = missing
            time.sleep(PAUSE_S)


def _missing(migrated: bool) -> str:
    """What is still missing, in a sentence; empty: nothing."""
    try:
        connection.ensure_connection()
        ahead = _migrations_ahead() if migrated else 0
    except DatabaseError as error:
        connection.close()
        return f"the database does not answer: {' '.join(str(error).split())[:200]}"
    return f"{ahead} migrations have not run yet." if ahead else ""


def _migrations_ahead() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
