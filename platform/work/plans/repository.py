"""Maintenance plans in the document database."""

from __future__ import annotations

from kernel.ids import PLAN
from web.collection import Collection
from work.plans.models import MAX_PLANS, MaintenancePlan

PLANS: Collection[MaintenancePlan] = Collection(
    "maintenance_plans", PLAN, MaintenancePlan, "maintenance plan", MAX_PLANS
)


def place_of(plan: MaintenancePlan) -> str:
    """A key for `page_of`: by name."""
    return f"{plan.name.casefold()}\x1f{plan.id}"
