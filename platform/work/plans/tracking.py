"""Keeps what plans are for, so that they are known as of past moments: the catalog has no history of its assets."""

from __future__ import annotations

from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from web.stores import documents
from work.plans.membership import as_of, compared, digest_of, members_of
from work.plans.models import MaintenancePlan
from work.plans.repository import MEMBERS, PLANS, digests, store_members, stored_members
from work.plans.standing import Surroundings
from work.plans.targets import Target


def track(tenant: TenantConnection, id: str, now: int) -> None:
    """Store what a plan is for now. Can be repeated; nothing if there is no such plan. Raises Unavailable."""
    with documents(tenant).exclusive(MEMBERS):
        try:
            plan = PLANS.get(tenant, id)
        except NotFound:
            return
        known, present = stored_members(tenant, id), members_of(Surroundings(tenant, now).targets(plan), now)
        if known is None or known.digest != digest_of(present):
            store_members(tenant, id, compared(known, present, now))


def track_all(tenant: TenantConnection, now: int) -> None:
    """Raises Unavailable."""
    plans = PLANS.find(tenant)
    if not plans:
        return
    known, around = digests(tenant), Surroundings(tenant, now)
    for plan in plans:
        if known.get(plan.id) != digest_of(members_of(around.targets(plan), now)):
            track(tenant, plan.id, now)


def targets_at(around: Surroundings, plan: MaintenancePlan) -> list[Target]:
    """By tag, at the moment of `around`. Before what is known they are those of now; those of deleted sites are gone
    with them. Raises Unavailable.
    """
    known = None if around.at is None else stored_members(around.tenant, plan.id)
    if known is None or around.moment < known.since:
        return around.targets(plan)
    return [each for each in as_of(known.members, around.moment) if each.site in around.snapshot.sites]
