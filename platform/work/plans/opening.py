"""Opens the cases of plans that are due, once each, however often and by however many processes it is called."""

from __future__ import annotations

import hashlib
import logging

from catalog.models import Asset
from kernel.errors import Conflict
from kernel.ids import CASE, id_of_number
from kernel.tenancy import TenantConnection
from work.cases.models import Case
from work.cases.operations import Opening, open_once
from work.cases.subjects import Subject, plant_object
from work.fields import MAX_TITLE, Person
from work.plans.models import MaintenancePlan, PlanStanding
from work.plans.operations import find
from work.plans.standing import Surroundings, since, standing
from work.plans.targets import assets_of
from work.seams import seams

MAX_OPENED = 500  # in one round of a tenant

log = logging.getLogger(__name__)


def open_due(tenant: TenantConnection, now: int) -> list[Case]:
    """The new ones. Raises Unavailable."""
    plans = [plan for plan in find(tenant) if plan.enabled]
    if not plans:
        return []
    around, made = Surroundings(tenant, now), list[Case]()
    try:
        for plan in plans:
            for asset in assets_of(around.snapshot, plan):
                if len(made) < MAX_OPENED and (case := _open(around, plan, asset)) is not None:
                    made.append(case)
    except Conflict as error:
        log.warning("%s: no more cases of maintenance plans are opened: %s", tenant.slug, error.detail)
    return made


def _open(around: Surroundings, plan: MaintenancePlan, asset: Asset) -> Case | None:
    """The case if it is due and new."""
    at = since(plan, asset.id, around.cases(plan.id, asset.id))
    if at.open_case is not None:
        return None
    stands = standing(around, plan, around.target(plan, asset))
    if not stands.reached:
        return None
    opening = Opening(
        title=f"{plan.name}: {asset.tag}"[:MAX_TITLE],
        description=plan.instruction,
        kind="maintenance",
        priority=plan.priority,
        subject=Subject(asset.site, plant_object(asset), asset.type, None, None, None),
        assigned=_assigned(around.tenant, plan.assigned),
        due=_due(stands, around.now),
        suppress=plan.suppress,
        plan=plan.id,
    )
    case, is_new = open_once(
        around.tenant, id_of_period(plan.id, asset.id, at.counts_from), opening, author="", now=around.now
    )
    return case if is_new else None


def id_of_period(plan: str, asset: str, counts_from: int) -> str:
    """The id of the case of a plan at an asset in the period that began then (epoch ms)."""
    digest = hashlib.sha256(f"{plan}:{asset}:{counts_from}".encode()).digest()
    return id_of_number(CASE, int.from_bytes(digest[:8], "big"))


def _due(stands: PlanStanding, now: int) -> int:
    """The date of the calendar if that is what opened it; hours and events are due at once."""
    return stands.due if stands.reached == ["time"] and stands.due is not None else now


def _assigned(tenant: TenantConnection, person: Person | None) -> Person | None:
    """Not to somebody who has left."""
    return seams().people.find(tenant, person.id) if person is not None else None
