"""Maintenance plans in the document database."""

from __future__ import annotations

from typing import Final

from kernel.ids import PLAN
from kernel.tenancy import TenantConnection
from web.collection import Collection
from work.history import DeletableHistory
from work.plans.models import MAX_PLANS, MaintenancePlan

PLANS: Collection[MaintenancePlan] = Collection(
    "maintenance_plans", PLAN, MaintenancePlan, "maintenance plan", MAX_PLANS
)
HISTORY: Final = DeletableHistory("maintenance_plan_history", MaintenancePlan)


def place_of(plan: MaintenancePlan) -> str:
    """A key for `page_of`: by name."""
    return f"{plan.name.casefold()}\x1f{plan.id}"


def all_as_of(tenant: TenantConnection, at: int) -> list[MaintenancePlan]:
    """Those that there were then, as they were."""
    return HISTORY.all_as_of(tenant, PLANS.find(tenant), at)


def get(tenant: TenantConnection, id: str, at: int | None = None) -> MaintenancePlan:
    """Raises NotFound, also if there was none at `at`."""
    if at is None:
        return PLANS.get(tenant, id)
    return HISTORY.one_as_of(tenant, PLANS, id, at)
