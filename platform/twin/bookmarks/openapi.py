"""The OpenAPI operations of bookmarks."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog.responses import Problem
from twin.bookmarks.models import Bookmark, ChangedBookmark, NewBookmark
from twin.openapi import IF_MATCH
from web.openapi import describe, operation, paging, path_parameter, query_parameter

_BASE, _TAG = "/api/v1/bookmarks", "schematics"
_ID = path_parameter("id", "A bookmark's id")


class BookmarkList(Struct, frozen=True):
    """By time."""

    results: list[Bookmark]
    next: str | None


BookmarkConflict = msgspec.defstruct(
    "BookmarkConflict", [("current", Bookmark | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "bookmarksList", "Shared bookmarks, and my own", _TAG,
        query_parameter("site", "Only bookmarks of this site (id or slug)", {"type": "string"}), *paging(),
        responses={200: BookmarkList, 404: Problem},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "bookmarkCreate", "Keep a moment or a period", _TAG, body=NewBookmark,
        responses={201: Bookmark, 404: Problem, 409: Problem},
        description="409: a person has 500 of their own, or the tenant 2,000 shared ones.",
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "put", operation(
        "bookmarkUpdate", "Change a bookmark", _TAG, _ID, IF_MATCH, body=ChangedBookmark,
        responses={200: Bookmark, 404: Problem, 409: BookmarkConflict},
    ))  # fmt: skip
    describe(one, "delete", operation(
        "bookmarkDelete", "Delete a bookmark", _TAG, _ID, IF_MATCH,
        responses={204: None, 404: Problem, 409: BookmarkConflict},
    ))  # fmt: skip
