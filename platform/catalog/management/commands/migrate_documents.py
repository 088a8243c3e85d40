"""Bring every tenant's documents to today's shapes. Safe to run at any time, and again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import operations, shapes
from catalog.kinds import KINDS
from catalog.snapshot import log_of
from kernel.tenancy import TenantConnection
from web.directory import directory
from web.stores import documents


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="only this tenant (its slug); all where it is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in _tenants(options["tenant"]):
            counts = migrate(tenant)
            told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing to do"
            self.stdout.write(f"{tenant.slug}: {told}")


def migrate(tenant: TenantConnection) -> dict[str, int]:
    """How many documents of each collection were brought up to date."""
    database = documents(tenant)
    operations.ensure_indexes(database)
    counts = {name: shapes.migrate(database, name) for name in [*KINDS, *(set(shapes.registered()) - set(KINDS))]}
    if any(counts.values()):
        log_of(database).restart()  # revisions moved: every copy in memory reads again
    return counts


def _tenants(slug: str | None) -> list[TenantConnection]:
    if slug is None:
        return directory().all()
    tenant = directory().by_slug(slug)
    if tenant is None:
        raise CommandError(f"There is no ready tenant “{slug}”.")
    return [tenant]
