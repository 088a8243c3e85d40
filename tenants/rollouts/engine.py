"""Carries roll-outs on: looks, asks the machine, does what it says. Run by any number of workers, again and again."""

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
from tenants.lifecycle import LEASE, Plan, Ring, State, Transition
from tenants.models import Rollout, RolloutEvent, RolloutMember, Tenant
from tenants.rollouts import machine
from tenants.rollouts.health import why_ailing
from tenants.rollouts.machine import AT_WORK, THROUGH, MemberState, Move, RolloutState, Seen, read_gate

log = logging.getLogger(__name__)

MAX_STEPS = 20  # at a time: a tenant goes from one state to the next in each
SEEN = (
    *("pk", "ring", "state", "since", "before", "tenant_id"),
    *(f"tenant__{name}" for name in ("slug", "state", "plan", "release", "pinned", "error")),
)


def advance(now: datetime) -> None:
    """Every roll-out that is not at its end goes on, until it has to wait for something."""
    at_work = Q(members__state__in=AT_WORK)
    active = Rollout.objects.filter(Q(state=RolloutState.running) | at_work).distinct()
    for id in list(active.values_list("pk", flat=True)):
        with _claimed(id, now) as rollout:
            if rollout is not None:
                _go_on(rollout, now)


def note(rollout: Rollout, what: str, who: str = "", **more: str) -> None:
    """Into the roll-out's history."""
    RolloutEvent.objects.create(rollout=rollout, at=timezone.now(), what=what, who=who, **more)


@contextmanager
def _claimed(id: str, now: datetime) -> Iterator[Rollout | None]:
    """The roll-out under this worker's lease; None if another has it. A killed worker's is free after 30 s."""
    owner = secrets.token_hex(16)
    free = Rollout.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=id)
    if not free.update(lease_owner=owner, lease_until=now + LEASE):
        yield None
        return
    try:
        yield Rollout.objects.select_related("release").get(pk=id)
    finally:
        Rollout.objects.filter(pk=id, lease_owner=owner).update(lease_owner="", lease_until=None)


def _go_on(rollout: Rollout, now: datetime) -> None:
    for _ in range(MAX_STEPS):
        if not _step(rollout, now):
            return
        rollout.refresh_from_db(fields=["state", "ring"])


def _step(rollout: Rollout, now: datetime) -> bool:
    """Whether anything moved. Members that are through move no more, and most are that before long."""
    gate = read_gate(rollout.gate)
    rest = rollout.members.exclude(state__in=THROUGH)
    members = {each.pk: each for each in rest.values_list(*SEEN, named=True)}  # a thousand rows: no objects of them
    seen = [_seen(each) for each in members.values()]
    ailing: dict[int, str | None] = {}
    for key in machine.to_probe(seen, gate, now):
        Rollout.objects.filter(pk=rollout.pk).update(lease_until=timezone.now() + LEASE)
        ailing[key] = why_ailing(Tenant.objects.get(pk=members[key].tenant_id), gate)
    ring, state = Ring(rollout.ring), RolloutState(rollout.state)
    advice = machine.advise(state, ring, rollout.release_id, gate, seen, ailing, now)
    moved = [_make(rollout, members[move.key], move, now) for move in advice.moves]
    _note_ailing(members, ailing)
    if (advice.state, advice.ring) != (state, ring):
        reason = f"{members[advice.failed.key].tenant__slug}: {advice.failed.message}" if advice.failed else ""
        return _move_on(rollout, advice, reason)
    return any(moved)


def _seen(member: Any) -> Seen:
    """Of a row of SEEN."""
    return Seen(
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
    """Whether it was made: in one transaction with what it does to the tenant, so that a killed worker leaves both or
    neither."""
    try:
        with transaction.atomic():
            same = RolloutMember.objects.filter(pk=member.pk, state=member.state)
            if not same.update(state=move.state, since=now, message=move.message):
                return False  # somebody decided otherwise meanwhile
            if move.release is not None:
                operations.give_release(member.tenant_id, move.release)
            if move.state != member.state:
                note(rollout, move.state, ring=member.ring, tenant=member.tenant__slug, message=move.message)
    except Conflict as error:  # the tenant moved on since we looked; the next step sees where to
        log.info("Roll-out %s: %s", rollout.pk, error)
        return False
    return True


def _note_ailing(members: Mapping[int, Any], ailing: Mapping[int, str | None]) -> None:
    """Why it is not yet healthy, for people who look on."""
    for key, why in ailing.items():
        checking = RolloutMember.objects.filter(pk=members[key].pk, state=MemberState.checking)
        checking.exclude(message=why or "").update(message=why or "")


def _move_on(rollout: Rollout, advice: machine.Advice, reason: str) -> bool:
    """Unless somebody paused it meanwhile; a failure stops it also then."""
    unchanged = Rollout.objects.filter(pk=rollout.pk, state=rollout.state)
    if not unchanged.update(state=advice.state, ring=advice.ring, reason=reason, changed=timezone.now()):
        return False
    what = advice.state if advice.state != rollout.state else "ring"
    note(rollout, what, ring=advice.ring, message=reason)
    log.info("Roll-out %s of %s: %s, ring %s %s", rollout.pk, rollout.release_id, what, advice.ring, reason)
    return True
