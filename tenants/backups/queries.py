"""What is asked of backups. Times in epoch ms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from kernel.errors import BadRequest, NotFound
from tenants.lifecycle import BackupState
from tenants.models import Backup


class BackupView(msgspec.Struct, frozen=True):
    """An archive, never what is in it. `tenant` is the id of the one that had the slug then."""

    id: str
    tenant: str
    slug: str
    name: str
    state: str
    bytes: int
    error: str
    created: int
    created_by: str
    ended: int | None


def of_slug(slug: str) -> QuerySet[Backup]:
    """Newest first; also those of a tenant that had the slug before."""
    return Backup.objects.filter(slug=slug).order_by("-created", "-id")


def find(slug: str, id: str) -> Backup:
    """Raises NotFound."""
    found = Backup.objects.filter(pk=id, slug=slug).first()
    if found is None:
        raise NotFound(f"There is no backup {id[:40]} of {slug[:80]}.")
    return found


def check_whole(id: str) -> str:
    """The id of a backup that is there. Raises BadRequest."""
    found = Backup.objects.filter(pk=id, state=BackupState.done.value).first()
    if found is None or not path_of(id).exists():
        raise BadRequest(f"restore “{id[:40]}” is no backup that is there.", field="restore")
    return id


def path_of(id: str) -> Path:
    return Path(settings.BACKUP_FOLDER) / f"{id}.tar.gz"


def view(backup: Backup) -> BackupView:
    return BackupView(
        backup.id,
        backup.tenant,
        backup.slug,
        backup.name,
        backup.state,
        backup.size,
        backup.error,
        _ms(backup.created),
        backup.created_by,
        _ms(backup.ended) if backup.ended else None,
    )


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
