"""Operations on saved views."""

from __future__ import annotations

from typing import Any

import msgspec

from catalog.snapshot import snapshot_of
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from web.caller import Caller
from workspace.fields import checked_name, wrong
from workspace.owned.operations import OwnedKind
from workspace.saved_views.models import VIEWS, SavedView, StoredView, ViewContent, public
from workspace.trend import check_trend


def find(tenant: TenantConnection, caller: Caller, site: str | None = None) -> list[SavedView]:
    """The shared ones and the caller's own, by name. NotFound: no such site."""
    wanted = None
    if site is not None:
        if (found := snapshot_of(tenant).site(site)) is None:
            raise NotFound(f"There is no site {site[:40]}.", slug="unknown-site")
        wanted = found.id
    seen = [view for view in KIND.visible(tenant, caller) if wanted in (None, view.site)]
    return [public(view, caller) for view in sorted(seen, key=place_of)]


def place_of(view: SavedView | StoredView) -> str:
    return f"{view.name.casefold()}\x1f{view.id}"


def _check(tenant: TenantConnection, caller: Caller, content: ViewContent, before: StoredView | None) -> dict[str, Any]:
    snapshot = snapshot_of(tenant)
    if (site := snapshot.site(content.site)) is None:
        raise wrong("site", f"There is no site {content.site}.")
    known = before.trend.used if before is not None else []
    check_trend(content.trend, tenant, snapshot, known, "trend")
    return {
        "name": checked_name(content.name),
        "site": site.id,
        "trend": msgspec.to_builtins(content.trend),
        "shared": content.shared,
        "default": content.default,
    }


KIND = OwnedKind("saved-views", VIEWS, _check, public, default_in=("site",))
