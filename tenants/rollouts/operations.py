"""Operations on roll-outs. Each one is recorded in the roll-out's history, with who did it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Meta

from kernel.errors import BadRequest, Conflict, NotFound
from tenants.lifecycle import Ring, State
from tenants.models import Rollout, RolloutMember, Tenant
from tenants.numbers import whole_numbers
from tenants.rollouts import releases
from tenants.rollouts.engine import note
from tenants.rollouts.machine import DEPRECATED_NAMES, RINGS, Gate, MemberState, RolloutState, current_names
from tenants.waking import wake
from web.openapi.bounds import MAX_SEGMENT_CHARS

_MAX_GATE = Gate(concurrency=100, upgraded_within_s=86_400, healthy_within_s=86_400, soak_s=604_800, max_lag_s=86_400)
_GATE_BOUNDS = {name: (0 if name == "soak_s" else 1, high) for name, high in msgspec.to_builtins(_MAX_GATE).items()}
_ACCEPTED = _GATE_BOUNDS | {deprecated: _GATE_BOUNDS[name] for deprecated, name in DEPRECATED_NAMES.items()}
_UPGRADED = (
    MemberState.upgrading, MemberState.checking, MemberState.soaking, MemberState.done, MemberState.failed,
)  # fmt: skip


class NewRollout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    release: Annotated[str, Meta(min_length=1, max_length=MAX_SEGMENT_CHARS)]
    gate: Annotated[dict[str, int], whole_numbers(_ACCEPTED)] = {}


class RollBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tenant, or one ring; with neither, every tenant that was upgraded."""

    tenant: Annotated[str, Meta(min_length=1, max_length=MAX_SEGMENT_CHARS)] | None = None
    ring: Ring | None = None


def start(wanted: NewRollout, who: str) -> Rollout:
    """Starts with the first ring. Raises NotFound, BadRequest; Conflict while another is running."""
    release = releases.find(wanted.release)
    gate = _check_gate(wanted.gate)
    with transaction.atomic():
        others = Rollout.objects.select_for_update().exclude(state__in=(RolloutState.done, RolloutState.superseded))
        for other in others:
            if other.state == RolloutState.running:
                raise Conflict(f"Release {other.release_id} is being rolled out; pause that first.", slug="running")
            Rollout.objects.filter(pk=other.pk).update(state=RolloutState.superseded)
            note(other, RolloutState.superseded, who, message=f"by release {release.name}")
        tenants = list(Tenant.objects.exclude(state=State.deleting).exclude(release=release.name))
        first = next((ring for ring in RINGS if any(each.ring == ring for each in tenants)), RINGS[-1])
        rollout = Rollout.objects.create(release=release, ring=first, gate=gate, created_by=who)
        now = timezone.now()
        RolloutMember.objects.bulk_create(
            RolloutMember(rollout=rollout, tenant=each, ring=each.ring, since=now, before=each.release)
            for each in tenants
        )
        note(rollout, "started", who, ring=first, message=f"{len(tenants)} tenants")
    wake()
    return rollout


def find(id: str) -> Rollout:
    """Raises NotFound."""
    found = Rollout.objects.select_related("release").filter(pk=id).first()
    if found is None:
        raise NotFound(f"There is no roll-out {id[:40]}.")
    return found


def pause(id: str, who: str) -> Rollout:
    """No further upgrade starts; those under way complete."""
    return _change_state(
        id, who, RolloutState.paused, (RolloutState.running,), f"Paused by {who or 'the command line'}."
    )


def resume(id: str, who: str) -> Rollout:
    """Continues; failed tenants are tried again."""
    with transaction.atomic():
        rollout = _change_state(id, who, RolloutState.running, (RolloutState.paused, RolloutState.stopped), "")
        failed = rollout.members.filter(state=MemberState.failed)
        failed.update(state=MemberState.waiting, since=timezone.now(), message="")
    wake()
    return rollout


def roll_back(id: str, wanted: RollBack, who: str) -> Rollout:
    """Back to each tenant's previous release. For a ring or all tenants, a running roll-out is paused."""
    if wanted.tenant is not None and wanted.ring is not None:
        raise BadRequest("name a tenant or a ring, not both.", field="tenant")
    with transaction.atomic():
        rollout = _locked(id)
        members = rollout.members.select_related("tenant").filter(state__in=_UPGRADED)
        if wanted.tenant is not None:
            members = members.filter(tenant__slug=wanted.tenant)
        if wanted.ring is not None:
            members = members.filter(ring=wanted.ring)
        found = list(members)
        if not found:
            raise Conflict("This roll-out upgraded none of these: nothing to roll back.", slug="wrong-state")
        _send_back(rollout, found, who)
        if wanted.tenant is None and rollout.state == RolloutState.running:
            what = f"ring {wanted.ring}" if wanted.ring else "all of it"
            reason = f"{what.capitalize()} was rolled back by {who or 'the command line'}."
            rollout.state, rollout.reason = RolloutState.paused, reason
            rollout.save(update_fields=["state", "reason", "changed"])
            note(rollout, RolloutState.paused, who, ring=rollout.ring, message=reason)
    wake()
    return rollout


def _send_back(rollout: Rollout, members: Iterable[RolloutMember], who: str) -> None:
    now = timezone.now()
    for member in members:
        message = f"Back to {member.before}." if member.before else "Back to what the chart has."
        RolloutMember.objects.filter(pk=member.pk).update(state=MemberState.returning, since=now, message=message)
        note(rollout, "roll back", who, ring=member.ring, tenant=member.tenant.slug, message=message)


def _change_state(id: str, who: str, state: RolloutState, allowed: tuple[RolloutState, ...], reason: str) -> Rollout:
    with transaction.atomic():
        rollout = _locked(id)
        if rollout.state == state:
            return rollout
        if rollout.state not in allowed:
            raise Conflict(f"This roll-out is {rollout.state}; only one that is {' or '.join(allowed)} can be {state}.")
        if state is RolloutState.running and Rollout.objects.filter(state=state).exists():
            raise Conflict("Another roll-out is running; pause that first.", slug="running")
        rollout.state, rollout.reason = state, reason
        rollout.save(update_fields=["state", "reason", "changed"])
        note(rollout, "resumed" if state is RolloutState.running else state, who, ring=rollout.ring)
    wake()
    return rollout


def _locked(id: str) -> Rollout:
    rollout = Rollout.objects.select_for_update().filter(pk=id).first()
    if rollout is None:
        raise NotFound(f"There is no roll-out {id[:40]}.")
    return rollout


def _check_gate(wanted: dict[str, int]) -> dict[str, int]:
    known: dict[str, int] = msgspec.to_builtins(Gate())
    for name, value in wanted.items():
        if name not in _ACCEPTED:
            raise BadRequest(f"gate.{name[:40]} is unknown; use one of: {', '.join(known)}.", field=f"gate.{name}")
        low, high = _ACCEPTED[name]
        if not low <= value <= high:
            raise BadRequest(f"gate.{name}={value} is outside {low} … {high}.", field=f"gate.{name}")
    return {**known, **current_names(wanted)}
