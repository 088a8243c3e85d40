"""The OpenAPI operations of saved views."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter, query_parameter
from workspace.saved_views.models import SavedView, ViewChange, ViewContent

_BASE, _TAG = "/api/v1/saved-views", "saved views"
_ID = path_parameter("id", "A saved view's id")
IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
SITE = {"type": "string", "minLength": 1, "maxLength": 100}


class SavedViewList(Struct, frozen=True):
    """By name."""

    results: list[SavedView]
    next: str | None


SavedViewConflict = msgspec.defstruct(
    "SavedViewConflict", [("current", SavedView | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "savedViewsList", "The tenant's shared views and one's own", _TAG,
        query_parameter("site", "Only those of this site (id or slug)", SITE), *paging(),
        responses={200: SavedViewList},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "savedViewCreate", "Save a view of trends", _TAG, body=ViewContent,
        responses={201: SavedView, 400: Invalid, 409: Problem},
        description="409: you or the tenant have as many as may be.",
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "get", operation("savedViewRead", "One saved view", _TAG, _ID, responses={200: SavedView}))
    describe(one, "put", operation(
        "savedViewChange", "Change a saved view", _TAG, _ID, IF_MATCH, body=ViewChange,
        responses={200: SavedView, 400: Invalid, 409: SavedViewConflict},
        description="409: it was changed meanwhile; `current` is how it is now.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "savedViewDelete", "Delete a saved view", _TAG, _ID, IF_MATCH, responses={204: None, 409: SavedViewConflict},
    ))  # fmt: skip
