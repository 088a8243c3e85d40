"""What is one person's alone."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from workspace.dashboards.models import DASHBOARDS
from workspace.saved_views.models import VIEWS


def owners_of_personal(tenant: TenantConnection) -> set[int]:
    """The people who have views or dashboards of their own."""
    heads = [head for collection in (VIEWS, DASHBOARDS) for head in collection.heads(tenant)]
    return {head["owner"] for head in heads if not head["shared"]}


def discard_personal(tenant: TenantConnection, owner: int) -> None:
    """Ensure that no views and dashboards of `owner`'s own are left."""
    for collection in (VIEWS, DASHBOARDS):
        collection.delete_where(tenant, lambda each: not each.shared and each.owner == owner)
