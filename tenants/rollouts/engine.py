"""Advances roll-outs: reads their state and applies what the state machine decides. Any number of workers may do it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kernel.errors import Conflict
from tenants import operations
from tenants.announcing import announce_change
from tenants.lifecycle import LEASE, Plan, Ring, State, Transition
from tenants.models import Rollout, RolloutEvent, RolloutMember, Tenant
from tenants.rollouts import machine
from tenants.rollouts.health import why_unhealthy
from tenants.rollouts.machine import AT_WORK, THROUGH, MemberSnapshot, MemberState, Move, RolloutState, read_gate

log = logging.getLogger(__name__)

MAX_STEPS = 20  # at a time: a tenant goes from one state to the next in each
SNAPSHOT_FIELDS = (
    *("pk", "ring", "state", "since", "before", "tenant_id"),
    *(f"tenant__{name}" for name in ("slug", "state", "plan", "release", "pinned", "error")),
)


def advance(now: datetime) -> None:
    """Advance every unfinished roll-out until it has to wait for something."""
    at_work = Q(members__state__in=AT_WORK)
    active = Rollout.objects.filter(Q(state=RolloutState.running) | at_work).distinct()
    for id in list(active.values_list("pk", flat=True)):
        with _claimed(id, now) as rollout:
            if rollout is not None:
                _advance_one(rollout, now)


def note(rollout: Rollout, what: str, who: str = "", **more: str) -> None:
    """Add an entry to the roll-out's history."""
    RolloutEvent.objects.create(rollout=rollout, at=timezone.now(), what=what, who=who, **more)
    announce_change(more.get("tenant", ""))


@contextmanager
def _claimed(id: str, now: datetime) -> Iterator[Rollout | None]:
    """The roll-out under this worker's lease; None if another has it. A killed worker's lease expires after 30 s."""
    owner = secrets.token_hex(16)
    free = Rollout.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=id)
    if not free.update(lease_owner=owner, lease_until=now + LEASE):
        yield None
        return
    try:
        yield Rollout.objects.select_related("release").get(pk=id)
    finally:
        Rollout.objects.filter(pk=id, lease_owner=owner).update(lease_owner="", lease_until=None)


def _advance_one(rollout: Rollout, now: datetime) -> None:
    for _ in range(MAX_STEPS):
        if not _step(rollout, now):
            return
        rollout.refresh_from_db(fields=["state", "ring"])


def _step(rollout: Rollout, now: datetime) -> bool:
    """Whether anything changed. Finished members, soon the majority, are not read."""
    gate = read_gate(rollout.gate)
    rest = rollout.members.exclude(state__in=THROUGH)
    members = {
        each.pk: each for each in rest.values_list(*SNAPSHOT_FIELDS, named=True)
    }  # maybe a thousand rows: no model instances
    seen = [_snapshot_of(each) for each in members.values()]
    unhealthy: dict[int, str | None] = {}
    for key in machine.to_probe(seen, gate, now):
        Rollout.objects.filter(pk=rollout.pk).update(lease_until=timezone.now() + LEASE)
        unhealthy[key] = why_unhealthy(Tenant.objects.get(pk=members[key].tenant_id), gate)
    ring, state = Ring(rollout.ring), RolloutState(rollout.state)
    decision = machine.decide(state, ring, rollout.release_id, gate, seen, unhealthy, now)
    moved = [_make(rollout, members[move.key], move, now) for move in decision.moves]
    _note_unhealthy(members, unhealthy)
    if (decision.state, decision.ring) != (state, ring):
        reason = f"{members[decision.failed.key].tenant__slug}: {decision.failed.message}" if decision.failed else ""
        return _move_on(rollout, decision, reason)
    return any(moved)


def _snapshot_of(member: Any) -> MemberSnapshot:
    """From a row of SNAPSHOT_FIELDS."""
    return MemberSnapshot(
        member.pk,
        Ring(member.ring),
        MemberState(member.state),
        member.since,
        Transition(State(member.tenant__state), Plan(member.tenant__plan)),
        member.tenant__release,
        member.before,
        member.tenant__pinned,
        member.tenant__error,
    )


def _make(rollout: Rollout, member: Any, move: Move, now: datetime) -> bool:
    """Whether it was applied: in one transaction with the change to the tenant, so a killed worker leaves both or
    neither."""
    try:
        with transaction.atomic():
            same = RolloutMember.objects.filter(pk=member.pk, state=member.state)
            if not same.update(state=move.state, since=now, message=move.message):
                return False  # somebody changed it meanwhile
            if move.release is not None:
                operations.give_release(member.tenant_id, move.release)
            if move.state != member.state:
                note(rollout, move.state, ring=member.ring, tenant=member.tenant__slug, message=move.message)
    except Conflict as error:  # the tenant changed since it was read; the next step handles that
        log.info("Roll-out %s: %s", rollout.pk, error)
        return False
    return True


def _note_unhealthy(members: Mapping[int, Any], unhealthy: Mapping[int, str | None]) -> None:
    """Why it is not healthy yet, for users who watch."""
    for key, why in unhealthy.items():
        checking = RolloutMember.objects.filter(pk=members[key].pk, state=MemberState.checking)
        checking.exclude(message=why or "").update(message=why or "")


def _move_on(rollout: Rollout, decision: machine.Decision, reason: str) -> bool:
    """Unless somebody paused it meanwhile; a failure stops it even then."""
    unchanged = Rollout.objects.filter(pk=rollout.pk, state=rollout.state)
    if not unchanged.update(state=decision.state, ring=decision.ring, reason=reason, changed=timezone.now()):
        return False
    what = decision.state if decision.state != rollout.state else "ring"
    note(rollout, what, ring=decision.ring, message=reason)
    log.info("Roll-out %s of %s: %s, ring %s %s", rollout.pk, rollout.release_id, what, decision.ring, reason)
    return True
