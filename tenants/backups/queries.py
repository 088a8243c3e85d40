"""Queries about backups. Times in epoch ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from kernel.errors import BadRequest, NotFound
from tenants.backups.location import Location, location_of, present
from tenants.lifecycle import BackupState
from tenants.models import Backup


class BackupView(msgspec.Struct, frozen=True):
    """An archive, never its content. `tenant` is the id of the one that had the slug then.

    `doing`: what is under way, while it is taken. `there`: a tenant can be made of it.
    """

    id: str
    tenant: str
    slug: str
    name: str
    state: str
    bytes: int
    doing: str
    there: bool
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
    """The id of an existing backup. Raises BadRequest."""
    found = Backup.objects.filter(pk=id).first()
    if found is None:
        raise BadRequest(f"restore “{id[:40]}” is not an existing backup.", field="restore")
    if found.state != BackupState.done:
        raise BadRequest(f"Backup {id} of {found.slug} is {found.state}; choose one that is done.", field="restore")
    if not there([found]):
        where = f"The archive of backup {id} is not at {archive_of(id)} any more."
        raise BadRequest(f"{where} Put it back there, or choose another backup.", field="restore")
    return id


def there(backups: Sequence[Backup]) -> set[str]:
    """The ids of those whose complete archive exists. Raises Unavailable if a bucket does not answer."""
    names = {_name(each.pk): each.pk for each in backups if each.state == BackupState.done}
    return {names[name] for name in present(settings.BACKUP_FOLDER, names)} if names else set()


def archive_of(id: str) -> Location:
    return location_of(f"{settings.BACKUP_FOLDER.rstrip('/')}/{_name(id)}")


def _name(id: str) -> str:
    return f"{id}.tar.gz"


def views(backups: Sequence[Backup]) -> list[BackupView]:
    """Raises Unavailable, as `there` does."""
    found = there(backups)
    return [_view(each, each.pk in found) for each in backups]


def _view(backup: Backup, there: bool) -> BackupView:
    return BackupView(
        backup.id,
        backup.tenant,
        backup.slug,
        backup.name,
        backup.state,
        backup.size,
        backup.doing,
        there,
        backup.error,
        _ms(backup.created),
        backup.created_by,
        _ms(backup.ended) if backup.ended else None,
    )


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
