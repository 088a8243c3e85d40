"""What the data plane keeps of a person goes when they leave a tenant."""

from __future__ import annotations

from typing import Any

from twin.bookmarks.repository import delete_private
from twin.drafts.repository import delete_all
from web.directory import directory
from workspace.people import discard_personal


def discard_personal_data(slug: str, user_id: int, **_: Any) -> None:
    """Their unpublished drawings and their own bookmarks, views and dashboards."""
    tenant = directory().by_slug(slug)
    if tenant is not None:
        delete_all(tenant, {"owner": user_id})
        delete_private(tenant, user_id)
        discard_personal(tenant, user_id)
