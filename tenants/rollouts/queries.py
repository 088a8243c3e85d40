"""Queries about releases and roll-outs. Times in epoch ms."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from kernel.errors import BadRequest
from tenants.lifecycle import Ring
from tenants.models import Release, Rollout, RolloutEvent, RolloutMember, Tenant
from tenants.rollouts.machine import MemberState, read_gate, with_deprecated_names

URGENCY = ("failed", "upgrading", "checking", "soaking", "returning", "waiting", "left out", "returned", "done")


class ReleaseView(msgspec.Struct, frozen=True):
    name: str
    images: dict[str, str]
    chart_version: str
    settings: dict[str, str]
    notes: str
    created: int
    created_by: str
    tenants: int  # number of tenants that have it


class RingView(msgspec.Struct, frozen=True):
    """How many tenants of a ring are in which state."""

    ring: str
    states: dict[str, int]


class MemberView(msgspec.Struct, frozen=True):
    tenant: str
    ring: str
    state: str
    before: str
    since: int
    message: str


class EventView(msgspec.Struct, frozen=True):
    at: int
    who: str
    what: str
    ring: str
    tenant: str
    message: str


class RolloutView(msgspec.Struct, frozen=True):
    id: str
    release: str
    state: str
    ring: str
    reason: str
    gate: dict[str, int]
    created: int
    created_by: str
    changed: int
    rings: list[RingView]


def releases() -> list[ReleaseView]:
    """Newest first."""
    counted = Tenant.objects.exclude(release="").values_list("release").annotate(Count("id"))
    having: dict[str, int] = dict(counted)
    return [release_view(each, having.get(each.name, 0)) for each in Release.objects.all()]


def release_view(release: Release, tenants: int | None = None) -> ReleaseView:
    count = Tenant.objects.filter(release=release.name).count() if tenants is None else tenants
    return ReleaseView(
        release.name,
        release.images,
        release.chart_version,
        release.settings,
        release.notes,
        _ms(release.created),
        release.created_by,
        count,
    )


def rollouts() -> QuerySet[Rollout]:
    """Newest first."""
    return Rollout.objects.order_by("-created", "-id")


def rollout_view(rollout: Rollout) -> RolloutView:
    return RolloutView(
        rollout.pk,
        rollout.release_id,
        rollout.state,
        rollout.ring,
        rollout.reason,
        with_deprecated_names(read_gate(rollout.gate)),
        _ms(rollout.created),
        rollout.created_by,
        _ms(rollout.changed),
        _rings(rollout),
    )


def members(rollout: Rollout, text: str = "", states: str = "") -> QuerySet[RolloutMember]:
    """Its tenants, each with a `rank`: those that need attention first, then by ring. Raises BadRequest."""
    found = rollout.members.select_related("tenant").annotate(rank=_rank("state", URGENCY) * 10 + _rank("ring", Ring))
    if text:
        found = found.filter(tenant__slug__contains=text)
    if states:
        wanted = states.split(",")
        if unknown := [each for each in wanted if each not in list(MemberState)]:
            raise BadRequest(
                f"state={unknown[0][:40]} is unknown; it is some of {', '.join(MemberState)}.", parameter="state"
            )
        found = found.filter(state__in=wanted)
    return found.order_by("rank", "id")


def member_view(member: RolloutMember) -> MemberView:
    return MemberView(member.tenant.slug, member.ring, member.state, member.before, _ms(member.since), member.message)


def events(rollout: Rollout) -> QuerySet[RolloutEvent]:
    """Newest first."""
    return rollout.events.order_by("-id")


def event_view(event: RolloutEvent) -> EventView:
    return EventView(_ms(event.at), event.who, event.what, event.ring, event.tenant, event.message)


def _rank(field: str, order: Any) -> Any:
    """The position of a field's value in that order."""
    whens = [When(**{field: value}, then=Value(place)) for place, value in enumerate(order)]
    return Case(*whens, default=Value(9), output_field=IntegerField())


def _rings(rollout: Rollout) -> list[RingView]:
    counts = rollout.members.order_by().values_list("ring", "state").annotate(Count("id"))
    found: dict[str, dict[str, int]] = {}
    for ring, state, count in counts:
        found.setdefault(ring, {})[state] = count
    return [RingView(ring, found[ring]) for ring in Ring if ring in found]


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
