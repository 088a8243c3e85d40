"""What is one person's alone."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from workspace.dashboards.models import DASHBOARDS
from workspace.saved_views.models import VIEWS


def discard_personal(tenant: TenantConnection, owner: int | None = None) -> None:
    """Ensure that nobody's own views and dashboards are left, or only those of `owner`."""
    for collection in (VIEWS, DASHBOARDS):
        collection.delete_where(tenant, lambda each: not each.shared and owner in (None, each.owner))
