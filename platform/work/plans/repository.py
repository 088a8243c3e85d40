"""Maintenance plans in the document database, and beside each one a document with what it is and was for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kernel.ids import PLAN
from kernel.tenancy import TenantConnection
from web.collection import Collection
from web.stores import documents
from work.history import DeletableHistory
from work.plans.models import MAX_PLANS, MaintenancePlan, PlanMembers

PLANS: Collection[MaintenancePlan] = Collection(
    "maintenance_plans", PLAN, MaintenancePlan, "maintenance plan", MAX_PLANS
)
HISTORY: Final = DeletableHistory("maintenance_plan_history", MaintenancePlan)
MEMBERS: Final = "maintenance_plan_members"


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


def stored_members(tenant: TenantConnection, plan: str) -> PlanMembers | None:
    document = documents(tenant).get(MEMBERS, plan)
    return None if document is None else msgspec.convert(document, PlanMembers)


def digests(tenant: TenantConnection) -> dict[str, str]:
    """Of the members of each plan, as they were stored last."""
    return {str(each["_id"]): each["digest"] for each in documents(tenant).find(MEMBERS, only=("digest",))}


def store_members(tenant: TenantConnection, plan: str, members: PlanMembers) -> None:
    """Under the lock `MEMBERS`."""
    database, plain = documents(tenant), msgspec.to_builtins(members)
    if database.get(MEMBERS, plan) is None:
        database.insert(MEMBERS, {"_id": plan, **plain})
    else:
        database.change(MEMBERS, plan, lambda document: {**document, **plain})


def delete_members(tenant: TenantConnection, plans: Iterable[str]) -> None:
    """Can be repeated."""
    with documents(tenant).exclusive(MEMBERS):
        documents(tenant).delete_ids(MEMBERS, plans)
