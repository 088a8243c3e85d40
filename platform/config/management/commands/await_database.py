"""`manage.py await_database`: what a pod does before its process begins."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

PAUSE_S = 0.5


class Command(BaseCommand):
    help = "Wait until the relational database answers; with --migrated, until it is as this code wants it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrated", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        told = ""
        while missing := _missing(options["migrated"]):
            if missing != told:
                self.stdout.write(f"Waiting: {missing}")
                told = missing
            time.sleep(PAUSE_S)


def _missing(migrated: bool) -> str:
    """What is yet to come; empty: nothing."""
    try:
        connection.ensure_connection()
        ahead = _migrations_ahead() if migrated else 0
    except DatabaseError as error:
        connection.close()
        return f"the database does not answer: {' '.join(str(error).split())[:200]}"
    return f"{ahead} migrations are yet to run." if ahead else ""


def _migrations_ahead() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
