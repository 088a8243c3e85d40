"""The OpenAPI operations of saved views."""

from __future__ import annotations

from msgspec import Struct

from web.openapi import query_parameter
from workspace.owned.openapi import OwnedSchemas, describe_owned
from workspace.saved_views.models import SavedView, ViewChange, ViewContent

SITE = {"type": "string", "minLength": 1, "maxLength": 100}


class SavedViewList(Struct, frozen=True):
    """By name."""

    results: list[SavedView]
    next: str | None


def describe_all() -> None:
    schemas = OwnedSchemas(ViewContent, ViewChange, SavedView, SavedViewList)
    site = query_parameter("site", "Only those of this site (id or slug)", SITE)
    describe_owned("/api/v1/saved-views", "savedView", "saved view", schemas, site)
