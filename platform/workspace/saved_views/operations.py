"""Operations on saved views."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import msgspec

from catalog.snapshot import snapshot_of
from kernel.errors import Forbidden, NotFound
from kernel.tenancy import TenantConnection
from web.caller import Caller
from web.stores import documents
from workspace.announce import announce_shared
from workspace.fields import checked_name, wrong
from workspace.ownership import check_number, is_visible
from workspace.saved_views.models import VIEWS, SavedView, StoredView, ViewContent, public
from workspace.trend import check_trend

KIND: Final = "saved-views"


def find(tenant: TenantConnection, caller: Caller, site: str | None = None) -> list[SavedView]:
    """The shared ones and the caller's own, by name. NotFound: no such site."""
    wanted = None
    if site is not None:
        if (found := snapshot_of(tenant).site(site)) is None:
            raise NotFound(f"There is no site {site[:40]}.", slug="unknown-site")
        wanted = found.id
    seen = [view for view in VIEWS.find(tenant) if is_visible(view, caller) and wanted in (None, view.site)]
    return [public(view, caller) for view in sorted(seen, key=place_of)]


def place_of(view: SavedView | StoredView) -> str:
    return f"{view.name.casefold()}\x1f{view.id}"


def get(tenant: TenantConnection, caller: Caller, id: str) -> StoredView:
    """Raises NotFound, also for somebody else's own."""
    found = VIEWS.get(tenant, id)
    if not is_visible(found, caller):
        raise VIEWS.missing(id)
    return found


def create(tenant: TenantConnection, caller: Caller, content: ViewContent, now: int) -> SavedView:
    """Raises BadRequest, Forbidden, Conflict (too many)."""
    fields = _checked(tenant, caller, content, None)
    by = {"owner": caller.user_id, "author": caller.username, "created": now, "changed": now}

    def make(there: list[StoredView]) -> dict[str, Any]:
        if not content.shared:
            check_number(caller, there, "saved view")
        return {**fields, **by}

    with documents(tenant).exclusive(VIEWS.name):
        made = VIEWS.insert(tenant, make)
        _only_default(tenant, made)
    announce_shared(tenant, KIND, made.id, made)
    return public(made, caller)


def change(
    tenant: TenantConnection, caller: Caller, id: str, content: ViewContent, revision: int, now: int
) -> tuple[StoredView, SavedView]:
    """As it was and as it is. Raises NotFound, BadRequest, Forbidden, Conflict (the present one as `current`)."""
    before = get(tenant, caller, id)
    fields = {**_checked(tenant, caller, content, before), "changed": now}
    shown = partial(public, caller=caller)

    def make(present: StoredView) -> dict[str, Any]:
        _check_right(caller, present)
        if present.shared and not content.shared:
            check_number(caller, VIEWS.find(tenant), "saved view")
        return fields

    with documents(tenant).exclusive(VIEWS.name):
        after = VIEWS.change(tenant, id, revision, make, shown)
        _only_default(tenant, after)
    announce_shared(tenant, KIND, id, before, after)
    return before, public(after, caller)


def delete(tenant: TenantConnection, caller: Caller, id: str, revision: int | None) -> StoredView:
    get(tenant, caller, id)
    allow, shown = partial(_check_right, caller), partial(public, caller=caller)
    gone = VIEWS.delete(tenant, id, revision, allow, shown)
    announce_shared(tenant, KIND, id, gone)
    return gone


def _check_right(caller: Caller, view: StoredView) -> None:
    """Raises NotFound for somebody else's own."""
    if not is_visible(view, caller):
        raise VIEWS.missing(view.id)


def _checked(
    tenant: TenantConnection, caller: Caller, content: ViewContent, before: StoredView | None
) -> dict[str, Any]:
    snapshot = snapshot_of(tenant)
    if (site := snapshot.site(content.site)) is None:
        raise wrong("site", f"There is no site {content.site}.")
    known = before.trend.used if before is not None else []
    check_trend(content.trend, tenant, snapshot, known, "trend")
    if not content.shared and before is not None and before.shared and before.owner != caller.user_id:
        raise Forbidden("Only who saved it may take it back; save one of your own instead.")
    plain = msgspec.to_builtins(content.trend)
    return {
        "name": checked_name(content.name),
        "site": site.id,
        "trend": plain,
        "shared": content.shared,
        "default": content.default,
    }


def _only_default(tenant: TenantConnection, view: StoredView) -> None:
    """Under the lock: no other of the same people and site is the default."""
    if not view.default:
        return
    for other in VIEWS.find(tenant, {"site": view.site}):
        alike = other.shared if view.shared else not other.shared and other.owner == view.owner
        if other.default and alike and other.id != view.id:
            VIEWS.change(tenant, other.id, None, lambda _: {"default": False})
