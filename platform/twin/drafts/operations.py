"""Saving, reading and discarding drafts."""

from __future__ import annotations

from typing import Any

import msgspec

from catalog.snapshot import snapshot_of
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import SCHEMATIC, is_id, new_id
from kernel.tenancy import TenantConnection
from twin import repository as schematics
from twin.drafts import repository
from twin.drafts.models import Draft, DraftInfo, StoredDraft
from twin.drafts.repository import DRAFTS, Contents
from twin.names import checked_name, site_of
from twin.own_symbols.operations import Symbols
from twin.validation import check_draft
from web.caller import Caller
from web.stores import documents
from web.stream import SCHEMATICS, publish

MAX_DRAFTS = 200  # of one person
BLANK = {"width": 1200, "height": 800}


def start(tenant: TenantConnection, caller: Caller, site: str, name: str, drawing: Any, now: int) -> Draft:
    """The draft of a schematic that does not exist yet, and gets its id here. NotFound: no such site."""
    site_id = site_of(snapshot_of(tenant), site)
    checked = check_draft(BLANK if drawing is None else drawing, Symbols(tenant))
    draft = _new(caller, new_id(SCHEMATIC), site_id, checked_name(name), None, now, new=True)
    with documents(tenant).exclusive(DRAFTS):
        _check_number(tenant, caller)
        stored = repository.insert(tenant, draft, checked)
    return _with_drawing(stored, checked, caller)


def save(
    tenant: TenantConnection,
    caller: Caller,
    id: str,
    drawing: Any,
    *,
    now: int,
    revision: int | None = None,
    base: int | None = None,
    name: str | None = None,
) -> tuple[DraftInfo, bool]:
    """The caller's draft of a schematic, and whether it is their first.

    NotFound: no such schematic. BadRequest: the drawing cannot be drawn, or the revision of an existing draft is
    missing. Conflict: it was saved since, or is gone.
    """
    checked = check_draft(drawing, Symbols(tenant))
    with documents(tenant).exclusive(DRAFTS):
        there = repository.get(tenant, id, caller.user_id)
        if there is None:
            stored = _first(tenant, caller, id, base, name, revision, now, checked)
        else:
            stored = _again(tenant, there[0], checked, base, name, revision, now)
    publish(tenant, SCHEMATICS, schematic=id, what="draft")
    return stored.info(caller.user_id), there is None


def read(tenant: TenantConnection, caller: Caller, id: str) -> Draft:
    """NotFound (`no-draft`): the schematic exists, and this person has none."""
    return _with_drawing(*found(tenant, caller, id), caller)


def found(tenant: TenantConnection, caller: Caller, id: str) -> tuple[StoredDraft, Any]:
    there = repository.get(tenant, id, caller.user_id) if is_id(id, SCHEMATIC) else None
    if there is None:
        schematics.get(tenant, id)
        raise no_draft()
    return there


def of_schematic(tenant: TenantConnection, caller: Caller, id: str) -> list[DraftInfo]:
    """Everybody's of a schematic; of one that does not exist yet only its author may know."""
    drafts = repository.find(tenant, {"schematic": id}) if is_id(id, SCHEMATIC) else []
    if not any(draft.new and draft.owner == caller.user_id for draft in drafts):
        schematics.get(tenant, id)
    return [draft.info(caller.user_id) for draft in drafts]


def of_person(tenant: TenantConnection, caller: Caller, site: str | None) -> list[DraftInfo]:
    """The caller's, of all schematics or those of a site (id or slug)."""
    wanted = site_of(snapshot_of(tenant), site) if site else None
    drafts = repository.find(tenant, {"owner": caller.user_id})
    return [draft.info(caller.user_id) for draft in drafts if wanted in (None, draft.site)]


def discard(tenant: TenantConnection, caller: Caller, id: str, revision: int | None) -> None:
    """NotFound (`no-draft`); Conflict if it was saved since."""
    found(tenant, caller, id)
    repository.delete(tenant, id, caller.user_id, revision)
    publish(tenant, SCHEMATICS, schematic=id, what="draft")


def no_draft() -> NotFound:
    return NotFound("You have no draft of this schematic. Save one first, or send a drawing.", slug="no-draft")


def _first(
    tenant: TenantConnection,
    caller: Caller,
    id: str,
    base: int | None,
    name: str | None,
    revision: int | None,
    now: int,
    drawing: Any,
) -> StoredDraft:
    schematic = schematics.get(tenant, id)
    if revision is not None:
        raise repository.gone()
    _check_number(tenant, caller)
    named = checked_name(name or schematic.name)
    newest = max(version.version for version in schematic.versions)
    made_from = _checked_base(tenant, id, base) if base is not None else newest
    draft = _new(caller, id, schematic.site, named, made_from, now, renamed=named != schematic.name)
    stored = repository.insert(tenant, draft, drawing)
    if schematics.stored_in(documents(tenant), id) is None:  # deleted in the meantime, maybe after its drafts were
        repository.discard(tenant, id, caller.user_id)
        raise schematics.missing(id)
    return stored


def _again(
    tenant: TenantConnection,
    there: StoredDraft,
    drawing: Any,
    base: int | None,
    name: str | None,
    revision: int | None,
    now: int,
) -> StoredDraft:
    if revision is None:
        raise BadRequest(
            f"You have a draft of this schematic already, at revision {there.revision}. "
            "Send the `revision` that you read, in the body or as `If-Match`.",
            slug="revision-missing",
        )
    made_from = _checked_base(tenant, there.schematic, base) if base is not None else there.base
    named = checked_name(name) if name is not None else there.name
    return repository.change(
        tenant, there.schematic, there.owner, revision, lambda _: Contents(drawing, named, made_from), now
    )


def _checked_base(tenant: TenantConnection, id: str, base: int) -> int:
    try:
        found = schematics.get(tenant, id).find(base)
    except NotFound:
        found = None
    if found is None:
        raise schematics.no_such_version(base)
    return base


def _check_number(tenant: TenantConnection, caller: Caller) -> None:
    if documents(tenant).count(repository.DRAFTS, {"owner": caller.user_id}) >= MAX_DRAFTS:
        raise Conflict(f"You have {MAX_DRAFTS} drafts. Publish or delete one of them first.", slug="too-many-drafts")


def _new(
    caller: Caller,
    id: str,
    site: str,
    name: str,
    base: int | None,
    now: int,
    *,
    new: bool = False,
    renamed: bool = False,
) -> StoredDraft:
    return StoredDraft(
        schematic=id,
        site=site,
        name=name,
        new=new,
        owner=caller.user_id,
        author=caller.username,
        base=base,
        started=now,
        saved=now,
        revision=1,
        size=0,
        renamed=renamed,
    )


def _with_drawing(stored: StoredDraft, drawing: Any, caller: Caller) -> Draft:
    return Draft(**msgspec.structs.asdict(stored.info(caller.user_id)), drawing=drawing)
