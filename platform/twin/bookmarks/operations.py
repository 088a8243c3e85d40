"""Keeping, changing and deleting bookmarks."""

from __future__ import annotations

from catalog.snapshot import snapshot_of
from kernel.errors import BadRequest
from kernel.ids import BOOKMARK, new_id
from kernel.tenancy import TenantConnection
from kernel.times import parse_time
from twin.bookmarks import repository
from twin.bookmarks.models import Bookmark, ChangedBookmark, NewBookmark, StoredBookmark
from twin.names import NAME_LENGTH, site_of
from web.caller import Caller
from web.stream import SCHEMATICS, publish

MAX_SHARED, MAX_PRIVATE = 2_000, 500  # of a tenant; of a person in it


def find(tenant: TenantConnection, caller: Caller, site: str | None) -> list[Bookmark]:
    """The shared ones and the caller's own, of a site (id or slug) or of all. Raises NotFound (no such site)."""
    snapshot = snapshot_of(tenant)
    filter = {"site": site_of(snapshot, site)} if site else {}
    found = repository.find(tenant, filter, None) + repository.find(tenant, filter, caller.user_id)
    return [stored.public() for stored in found if stored.site in snapshot.sites]


def create(tenant: TenantConnection, caller: Caller, body: NewBookmark, now: int) -> Bookmark:
    """Raises NotFound (no such site), BadRequest, Conflict (too many)."""
    start, end = _period_of(body)
    bookmark = StoredBookmark(
        id=new_id(BOOKMARK),
        site=site_of(snapshot_of(tenant), body.site),
        start=start,
        end=end,
        name=_checked_name(body.name),
        note=body.note.strip(),
        author=caller.username,
        created=now,
        revision=1,
        owner=None if body.shared else caller.user_id,
    )
    stored = repository.insert(tenant, bookmark, MAX_SHARED if body.shared else MAX_PRIVATE)
    _announce(tenant, stored)
    return stored.public()


def change(tenant: TenantConnection, caller: Caller, id: str, body: ChangedBookmark, revision: int) -> Bookmark:
    """Raises NotFound, BadRequest, Conflict (it was changed since)."""
    stored = repository.get(tenant, id, caller.user_id)
    start, end = _period_of(body)
    content = {
        "start": start,
        "end": end,
        "name": _checked_name(body.name),
        "note": body.note.strip(),
    }
    changed = repository.change(tenant, stored, content, revision)
    _announce(tenant, changed)
    return changed.public()


def delete(tenant: TenantConnection, caller: Caller, id: str, revision: int | None) -> Bookmark:
    """Raises NotFound, Conflict (it was changed since)."""
    stored = repository.get(tenant, id, caller.user_id)
    repository.delete(tenant, stored, revision)
    _announce(tenant, stored)
    return stored.public()


def _period_of(body: NewBookmark | ChangedBookmark) -> tuple[int, int | None]:
    start = parse_time(str(body.start), "start")
    end = None if body.end is None else parse_time(str(body.end), "end")
    if end is not None and end <= start:
        raise BadRequest("end must be after start; leave it out for a moment.", slug="empty-range", parameter="end")
    return start, end


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise BadRequest(f"A bookmark's name has 1 to {NAME_LENGTH} characters.", parameter="name")
    return name


def _announce(tenant: TenantConnection, bookmark: StoredBookmark) -> None:
    """Only what everybody may see."""
    if bookmark.shared:
        publish(tenant, SCHEMATICS, what="bookmark")
