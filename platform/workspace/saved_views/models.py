"""A saved view, as sent, stored and returned."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from kernel.ids import SAVED_VIEW
from web.caller import Caller
from web.collection import Collection
from workspace.fields import GivenRevision, Name
from workspace.owned.ownership import HEAD
from workspace.trend import GivenTrend, Trend

MAX_VIEWS = 2_000  # of a tenant

Shared = Annotated[bool, Meta(description="Visible to everyone in the tenant; otherwise only to its author")]


class ViewContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    site: Annotated[str, Meta(min_length=1, max_length=100, description="The site's id or slug")]
    trend: GivenTrend
    shared: Shared = False
    default: Annotated[
        bool,
        Meta(description="The default view of the site's trends: at most one of one's own and one of the shared ones"),
    ] = False


class ViewChange(ViewContent, frozen=True, kw_only=True):
    """What it is to be."""

    revision: GivenRevision = None


class StoredView(Struct, frozen=True, kw_only=True):
    id: str
    revision: int
    name: str
    site: str
    trend: Trend
    shared: bool
    default: bool
    owner: int
    author: str
    created: int
    changed: int


class SavedView(Struct, frozen=True, kw_only=True):
    """Times in epoch ms. `mine`: the caller saved it."""

    id: str
    revision: int
    name: str
    site: str
    trend: Trend
    shared: bool
    default: bool
    mine: bool
    author: str
    created: int
    changed: int


VIEWS: Collection[StoredView] = Collection("saved_views", SAVED_VIEW, StoredView, "saved view", MAX_VIEWS, HEAD)


def public(stored: StoredView, caller: Caller) -> SavedView:
    fields = asdict(stored)
    return SavedView(mine=fields.pop("owner") == caller.user_id, **fields)
