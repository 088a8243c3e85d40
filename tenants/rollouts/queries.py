"""What is asked of releases and roll-outs. Times in epoch ms."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Count, QuerySet

from tenants.lifecycle import Ring
from tenants.models import Release, Rollout, Tenant


class ReleaseView(msgspec.Struct, frozen=True):
    name: str
    images: dict[str, str]
    chart_version: str
    settings: dict[str, str]
    notes: str
    created: int
    created_by: str
    tenants: int  # how many have it


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
    members: list[MemberView]
    events: list[EventView]


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


def rollout_view(rollout: Rollout, whole: bool = False) -> RolloutView:
    """`whole`: with every tenant and the history, not only the counts."""
    members = rollout.members.select_related("tenant").order_by("id") if whole else []
    return RolloutView(
        rollout.pk,
        rollout.release_id,
        rollout.state,
        rollout.ring,
        rollout.reason,
        rollout.gate,
        _ms(rollout.created),
        rollout.created_by,
        _ms(rollout.changed),
        _rings(rollout),
        [MemberView(m.tenant.slug, m.ring, m.state, m.before, _ms(m.since), m.message) for m in members],
        [EventView(_ms(e.at), e.who, e.what, e.ring, e.tenant, e.message) for e in rollout.events.all()]
        if whole
        else [],
    )


def _rings(rollout: Rollout) -> list[RingView]:
    counts = rollout.members.order_by().values_list("ring", "state").annotate(Count("id"))
    found: dict[str, dict[str, int]] = {}
    for ring, state, count in counts:
        found.setdefault(ring, {})[state] = count
    return [RingView(ring, found[ring]) for ring in Ring if ring in found]


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
