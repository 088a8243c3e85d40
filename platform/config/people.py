"""What the data plane keeps of a person goes when they leave a tenant."""

from __future__ import annotations

from typing import Any

from twin.drafts.repository import delete_all
from web.directory import directory


def discard_drafts(slug: str, user_id: int, **_: Any) -> None:
    """Their unpublished drawings."""
    tenant = directory().by_slug(slug)
    if tenant is not None:
        delete_all(tenant, {"owner": user_id})
