"""Bring every tenant's documents to the current schema. Safe to run at any time, and again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import document_migrations, operations
from catalog.kinds import KINDS
from catalog.snapshot import SCOPE, log_of
from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.documents.database import MAX_PER_COMMAND
from web.directory import directory
from web.stores import documents


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="only this tenant (its slug); by default all")

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in _tenants(options["tenant"]):
            counts = migrate(tenant)
            summary = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing to do"
            self.stdout.write(f"{tenant.slug}: {summary}")


def migrate(tenant: TenantConnection) -> dict[str, int]:
    """The number of migrated documents of each collection."""
    database = documents(tenant)
    operations.ensure_indexes(database)
    counts = {name: _migrate_catalog(database, name) for name in KINDS}
    for name in sorted(set(document_migrations.registered()) - set(KINDS)):
        counts[name] = document_migrations.migrate(database, name, document_migrations.old_ids(database, name))
    return counts


def _migrate_catalog(database: Database, name: str) -> int:
    """A few at a time, each like any change of the catalog: under its lock, recorded in its log."""
    ids, changed = document_migrations.old_ids(database, name), 0
    for start in range(0, len(ids), MAX_PER_COMMAND):
        chunk = ids[start : start + MAX_PER_COMMAND]
        with database.exclusive(SCOPE), log_of(database).changing([(name, id) for id in chunk]):
            changed += document_migrations.migrate(database, name, chunk)
    return changed


def _tenants(slug: str | None) -> list[TenantConnection]:
    if slug is None:
        return directory().all()
    tenant = directory().by_slug(slug)
    if tenant is None:
        raise CommandError(f"There is no ready tenant “{slug}”.")
    return [tenant]
