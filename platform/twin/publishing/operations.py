"""Publishing a draft, and showing what that would change."""

from __future__ import annotations

from typing import Any

import msgspec

from catalog.snapshot import snapshot_of
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection
from twin import repository
from twin.drafts import operations as drafts
from twin.drafts.models import PublishedDraft, StoredDraft
from twin.drafts.repository import get as get_draft
from twin.models import Drawing, SchematicVersion
from twin.names import checked_name
from twin.own_symbols import operations as own_symbols
from twin.publishing.core import Request, prepare, store
from twin.publishing.differences import differences
from twin.publishing.models import ModelChange, Published
from twin.stored import Stored
from twin.validation import check_draft
from web.caller import Caller
from web.stores import documents

ALWAYS = 0  # `valid_from` of a drawing that has always been valid
MAX_DIFFERENCES = 1_000


def publish(
    tenant: TenantConnection,
    caller: Caller,
    id: str,
    *,
    now: int,
    drawing: Any = None,
    base: int | None = None,
    revision: int | None = None,
    valid_from: int | None = None,
    note: str = "",
    name: str | None = None,
) -> Published:
    """Publish `drawing`, made from version `base`, or else the caller's draft, if it is still at `revision`.

    NotFound: no such schematic, or no draft. BadRequest: an invalid drawing, or no `base`. Conflict: somebody published
    since (`published-since`), the draft was saved since, the name is taken, or the catalog is full.
    """
    with documents(tenant).exclusive(repository.SCHEMATICS):
        draft, drawn = _to_publish(tenant, caller, id, drawing)
        if revision is not None and drawing is None and draft is not None and draft.revision != revision:
            raise _saved_since(draft, revision, caller)
        made_from = base if base is not None or draft is None else draft.base
        if name is None and draft is not None and (draft.new or draft.renamed):
            name = draft.name

        def check(before: Stored | None) -> None:
            if before is not None:
                _check_base(tenant, before, made_from, drawn)

        request = Request(
            id,
            _site(tenant, id, draft),
            drawn,
            caller.username,
            now,
            _begin(draft, valid_from, now),
            note,
            None if name is None else checked_name(name),
            None if draft is None else PublishedDraft(caller.user_id, draft.revision),
            check,
        )
        stored, checked, change = store(tenant, request)
    return Published(with_drawing(tenant, stored, checked), change)


def preview(
    tenant: TenantConnection, caller: Caller, id: str, *, now: int, drawing: Any = None, valid_from: int | None = None
) -> ModelChange:
    """What publishing the drawing, or the caller's draft, would change in the catalog. Raises what it would."""
    draft, drawn = _to_publish(tenant, caller, id, drawing)
    begin = _begin(draft, valid_from, now)
    request = Request(id, _site(tenant, id, draft), drawn, caller.username, now, begin)
    before = None if draft is not None and draft.new else repository.get(tenant, id)
    return prepare(tenant, snapshot_of(tenant), request, before).change


def with_drawing(tenant: TenantConnection, stored: Stored, drawing: Drawing) -> SchematicVersion:
    """The schematic with its newest version."""
    s, own = stored.public(), own_symbols.used_in(tenant, drawing)
    return SchematicVersion(s.id, s.site, s.name, s.revision, s.versions, s.versions[-1], drawing, own)


def _to_publish(tenant: TenantConnection, caller: Caller, id: str, drawing: Any) -> tuple[StoredDraft | None, Any]:
    """The caller's draft, and the drawing as it came in. NotFound: there is nothing to publish."""
    if drawing is None:
        draft, drawn = drafts.found(tenant, caller, id)
        return draft, msgspec.to_builtins(drawn)
    there = get_draft(tenant, id, caller.user_id)
    if there is not None and there[0].new:
        return there[0], drawing
    repository.get(tenant, id)
    return None, drawing


def _site(tenant: TenantConnection, id: str, draft: StoredDraft | None) -> str:
    return draft.site if draft is not None else repository.get(tenant, id).site


def _begin(draft: StoredDraft | None, valid_from: int | None, now: int) -> int:
    if valid_from is not None:
        return valid_from
    return ALWAYS if draft is not None and draft.new else now


def _saved_since(draft: StoredDraft, revision: int, caller: Caller) -> Conflict:
    return Conflict(
        f"The draft is at revision {draft.revision} by now, and you read {revision}. Read it again, then publish it.",
        slug="stale-revision",
        current=draft.info(caller.user_id),
    )


def _check_base(tenant: TenantConnection, before: Stored, base: int | None, raw: Any) -> None:
    """Conflict (`published-since`), with the parts that differ, if `base` is not the newest version."""
    if base is None:
        raise BadRequest("Say which version the drawing was made from: send its number as `base`.", field="base")
    newest = max(before.versions, key=lambda version: version.version)
    if base == newest.version:
        return
    if (made_from := before.find(base)) is None:
        raise repository.no_such_version(base)
    mine, theirs = check_draft(raw, own_symbols.Symbols(tenant)), repository.get_drawing(tenant, newest)
    found = differences(repository.get_drawing(tenant, made_from), mine, theirs)
    raise Conflict(
        f"{newest.author or 'Somebody'} published version {newest.version} since; your drawing was made from version "
        f"{base}. Take over what differs, and publish with `base` {newest.version}.",
        slug="published-since",
        base=base,
        current=newest.info(),
        drawing=theirs,
        differences=found[:MAX_DIFFERENCES],
        more=max(0, len(found) - MAX_DIFFERENCES),
    )
