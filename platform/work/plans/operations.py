"""Operations on maintenance plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from catalog.snapshot import Snapshot, snapshot_of
from kernel.tenancy import TenantConnection
from work.announce import announce
from work.cases.subjects import assigned_to
from work.fields import checked_moment, checked_title, wrong
from work.plans.models import (
    MAX_STANDING,
    GivenLastDone,
    LastDone,
    MaintenancePlan,
    MaintenancePlanContent,
    MaintenancePlanWithStanding,
    PlanTarget,
    PlanTriggers,
)
from work.plans.repository import HISTORY, PLANS, all_as_of, delete_members, place_of
from work.plans.standing import Surroundings, standing
from work.plans.tracking import targets_at, track
from work.seams import seams


def find(tenant: TenantConnection, at: int | None = None) -> list[MaintenancePlan]:
    """By name. `at`: as of then."""
    return sorted(PLANS.find(tenant) if at is None else all_as_of(tenant, at), key=place_of)


def with_standing(
    tenant: TenantConnection, plan: MaintenancePlan, now: int, at: int | None = None
) -> MaintenancePlanWithStanding:
    """How it stands at each asset, or stood at `at`, by the cases and assets of then as far as they are known."""
    around = Surroundings(tenant, now, at)
    targets = targets_at(around, plan)
    stands = [standing(around, plan, target) for target in targets[:MAX_STANDING]]
    members = {name: getattr(plan, name) for name in MaintenancePlan.__struct_fields__}
    return MaintenancePlanWithStanding(**members, standing=stands, targets=len(targets))


def create(tenant: TenantConnection, content: MaintenancePlanContent, *, author: str, now: int) -> MaintenancePlan:
    """Raises BadRequest, Conflict (too many)."""
    by = {"author": author, "created": now, "changed": now, "changed_by": author}
    fields = msgspec.to_builtins(_checked(tenant, content, None, now) | by)
    made = PLANS.insert(tenant, lambda _: fields)
    track(tenant, made.id, now)
    announce(tenant, "maintenance-plans", made.id)
    return made


def change(
    tenant: TenantConnection, id: str, content: MaintenancePlanContent, revision: int, *, author: str, now: int
) -> tuple[MaintenancePlan, MaintenancePlan]:
    """As it was and as it is. Raises NotFound, BadRequest, Conflict (the present one as `current`)."""
    was: list[MaintenancePlan] = []

    def make(before: MaintenancePlan) -> dict[str, Any]:
        was[:] = [before]
        fields: dict[str, Any] = msgspec.to_builtins(_checked(tenant, content, before, now))
        return fields | {"changed": now, "changed_by": author}

    def note(before: MaintenancePlan, content: Mapping[str, Any]) -> None:
        HISTORY.note(tenant, before, content, now)

    after = PLANS.change(tenant, id, revision, make, noted=note)
    track(tenant, id, now)
    announce(tenant, "maintenance-plans", id)
    return was[0], after


def delete(tenant: TenantConnection, id: str, revision: int | None, now: int) -> MaintenancePlan:
    """Its cases stay, and its past is known."""
    forgotten: list[str] = []

    def note(plan: MaintenancePlan) -> None:
        forgotten[:] = HISTORY.note_deletion(tenant, plan, now)

    track(tenant, id, now)  # what it is for stays as it is now
    gone = PLANS.delete(tenant, id, revision, noted=note)
    delete_members(tenant, forgotten)
    announce(tenant, "maintenance-plans", id)
    return gone


def _checked(
    tenant: TenantConnection, content: MaintenancePlanContent, before: MaintenancePlan | None, now: int
) -> dict[str, Any]:
    snapshot = snapshot_of(tenant)
    known = frozenset(before.target.assets or ()) if before else frozenset[str]()
    target = _target(snapshot, content.target, known)
    begins = None if content.begins is None else checked_moment(content.begins, "begins")
    return {
        "name": checked_title(content.name, "name"),
        "enabled": content.enabled,
        "target": target,
        "every": _triggers(tenant, content.every, target, before),
        "lead_s": content.lead_s,
        "priority": content.priority,
        "assigned": assigned_to(tenant, content.assigned, before.assigned if before else None),
        "instruction": content.instruction,
        "suppress": content.suppress,
        "begins": begins if begins is not None else (before.begins if before else now),
        "last_done": _last_done(snapshot, content.last_done, known, now),
    }


def _target(snapshot: Snapshot, target: PlanTarget, known: frozenset[str]) -> PlanTarget:
    """`known`: assets of before, which may be gone."""
    if (target.assets is None) == (target.asset_type is None):
        raise wrong("target", "A plan is either for `assets` or for an `asset_type`.")
    for place, id in enumerate(target.assets or ()):
        if id not in snapshot.assets and id not in known:
            raise wrong(f"target.assets[{place}]", f"There is no asset {id[:40]}.")
    if target.assets is not None:
        if target.site is not None:
            raise wrong("target.site", "`site` can be used with `asset_type` only: assets have their own.")
        return PlanTarget(assets=list(dict.fromkeys(target.assets)))
    if target.site is None:
        return target
    site = snapshot.site(target.site)
    if site is None:
        raise wrong("target.site", f"There is no site {target.site[:40]}.")
    return msgspec.structs.replace(target, site=site.id)


def _triggers(
    tenant: TenantConnection, every: PlanTriggers, target: PlanTarget, before: MaintenancePlan | None
) -> PlanTriggers:
    if every.calendar is None and every.run_hours is None and every.events is None:
        raise wrong("every", "Say when it is due: by `calendar`, `run_hours` or `events`.")
    hours = every.run_hours
    if hours is None:
        return every
    if (hours.sensor is None) == (hours.run is None):
        raise wrong(
            "every.run_hours", "Give either the `sensor` that counts the hours, or the definition of runs, `run`."
        )
    if hours.run is not None:
        if hours.states:
            raise wrong("every.run_hours.states", "`states` goes with `sensor`.")
        if len(target.assets or ()) != 1:
            raise wrong("every.run_hours.run", "A definition of runs is of one asset: name exactly one.")
        was = before.every.run_hours.run if before and before.every.run_hours else None
        if hours.run != was and not seams().usage.has_runs(tenant, hours.run):
            raise wrong("every.run_hours.run", f"There is no definition of runs {hours.run[:40]}.")
    return every


def _last_done(snapshot: Snapshot, given: Sequence[GivenLastDone], known: frozenset[str], now: int) -> list[LastDone]:
    found: dict[str, LastDone] = {}
    for place, each in enumerate(given):
        if each.asset not in snapshot.assets and each.asset not in known:
            raise wrong(f"last_done[{place}].asset", f"There is no asset {each.asset[:40]}.")
        at = checked_moment(each.at, f"last_done[{place}].at")
        if at > now:
            raise wrong(f"last_done[{place}].at", "It was done last in the past.")
        found[each.asset] = LastDone(asset=each.asset, at=at)
    return list(found.values())
