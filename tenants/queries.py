"""Queries about tenants."""

from __future__ import annotations

import logging
from collections import Counter
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from kernel.errors import BadRequest, Forbidden, NotFound, PlantraceError, Unavailable
from kernel.tenancy import Limits, TenantConnection
from tenants import lifecycle, usage
from tenants.drivers import DriverError, Size, driver_named, drivers
from tenants.drivers.base import plain
from tenants.lifecycle import Plan, Ring, State, StepState
from tenants.models import Cluster, KeptDisk, Rollout, RolloutMember, Step, Tenant
from tenants.rollouts.machine import Gate
from tenants.rollouts.releases import usual
from tenants.steps import server_of
from tenants.usage import UsageView

log = logging.getLogger(__name__)

PINNED = "pinned"
OPEN = Q(state__in=[state for state in State if lifecycle.unavailable_reason(state, "") is None]) | Q(
    state=State.failed, plan=Plan.upgrade
)


class StepView(msgspec.Struct, frozen=True):
    name: str
    title: str
    state: str
    started: int | None
    seconds: float | None
    message: str


class DiskView(msgspec.Struct, frozen=True):
    id: str
    slug: str
    name: str
    driver: str
    cluster: str
    kept: int


class ManifestView(msgspec.Struct, frozen=True):
    name: str
    text: str


class RollingView(msgspec.Struct, frozen=True):
    """A tenant's state in the newest roll-out. `before`: its previous release; empty: the chart's own."""

    rollout: str
    release: str
    state: str
    before: str
    message: str


class Counts(msgspec.Struct, frozen=True):
    """Of all tenants."""

    states: dict[str, int]
    rings: dict[str, int]
    pinned: int


class Options(msgspec.Struct, frozen=True):
    """Choices and defaults for a new tenant. The first driver is the default."""

    drivers: list[str]
    clusters: list[str]
    release: str
    limits: dict[str, int]
    size: dict[str, int]
    gate: dict[str, int]


class TenantView(msgspec.Struct, frozen=True):
    """A tenant as operators see it: never a credential, never its data. Times in epoch ms.

    `restoring`: the backup that is restored before it becomes ready, or empty.
    """

    id: str
    slug: str
    name: str
    driver: str
    cluster: str
    state: str
    status: str
    error: str
    restoring: str
    release: str
    ring: str
    pinned: bool
    endpoints: dict[str, str]
    limits: dict[str, int]
    size: dict[str, int]
    disk: str
    created: int
    changed: int
    steps: list[StepView]
    kept_disks: list[DiskView]
    usage: UsageView | None = None
    rolling: RollingView | None = None


def find(slug: str) -> Tenant:
    """Raises NotFound."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise no_such(slug)
    return tenant


def no_such(slug: str) -> NotFound:
    return NotFound(f"There is no tenant {slug[:80]}.")


def search(text: str = "", state: str = "", driver: str = "", ring: str = "") -> QuerySet[Tenant]:
    """Tenants by slug; `text` is sought in slug, name, release and cluster. `ring` is one of them, or `pinned`."""
    if state and state not in set(State):
        raise BadRequest(f"state={state[:40]} is unknown; use one of: {', '.join(State)}.", parameter="state")
    rolling = Prefetch("rollouts", _newest_members(), to_attr="rolling")
    found = Tenant.objects.order_by("slug").prefetch_related("steps", rolling).select_related("usage")
    if text:
        places = ("slug", "name", "release", "cluster")
        found = found.filter(reduce(or_, (Q(**{f"{place}__icontains": text}) for place in places)))
    if state:
        found = found.filter(state=state)
    if driver:
        found = found.filter(driver=driver)
    if ring == PINNED:
        found = found.filter(pinned=True)
    elif ring in set(Ring):
        found = found.filter(ring=ring, pinned=False)
    elif ring:
        raise BadRequest(f"ring={ring[:40]} is unknown; use one of: {', '.join(Ring)}, {PINNED}.", parameter="ring")
    return found


def counts() -> Counts:
    """A pinned tenant is not counted in a ring, as roll-outs leave it out."""
    states: Counter[str] = Counter()
    rings: Counter[str] = Counter()
    for state, ring, pinned, count in (
        Tenant.objects.order_by().values_list("state", "ring", "pinned").annotate(Count("id"))
    ):
        states[state] += count
        rings[PINNED if pinned else ring] += count
    return Counts(dict(states), {ring: rings[ring] for ring in Ring}, rings[PINNED])


def options() -> Options:
    names = list(Cluster.objects.values_list("name", flat=True))
    return Options(list(drivers()), names, usual(), msgspec.to_builtins(Limits()), plain(Size()), plain(Gate()))


def view(tenant: Tenant, whole: bool = False) -> TenantView:
    """`whole`: with the kept disks of this slug, and its streams' current figures."""
    return TenantView(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        driver=tenant.driver,
        cluster=tenant.cluster,
        state=tenant.state,
        status=status(tenant),
        error=tenant.error or tenant.unreadable,
        restoring=tenant.restoring,
        release=tenant.release,
        ring=tenant.ring,
        pinned=tenant.pinned,
        endpoints=tenant.endpoints,
        limits=msgspec.to_builtins(tenant.limit_values),
        size=msgspec.to_builtins(tenant.size_values),
        disk=tenant.disk,
        created=_ms(tenant.created),
        changed=_ms(tenant.changed),
        steps=[_step(s) for s in tenant.steps.all()],
        kept_disks=kept_disks(tenant.slug) if whole else [],
        usage=_usage(tenant, whole),
        rolling=_rolling(tenant),
    )


def _newest_members() -> QuerySet[RolloutMember]:
    newest = Rollout.objects.order_by("-created", "-id").values("pk")[:1]
    return RolloutMember.objects.filter(rollout__in=newest).select_related("rollout")


def _rolling(tenant: Tenant) -> RollingView | None:
    found = getattr(tenant, "rolling", None)
    members = list(_newest_members().filter(tenant=tenant)) if found is None else found
    for each in members:
        return RollingView(each.rollout_id, each.rollout.release_id, each.state, each.before, each.message)
    return None


def _step(step: Step) -> StepView:
    started = _ms(step.started) if step.started else None
    return StepView(step.name, step.title, step.state, started, step.seconds, step.message)


def _usage(tenant: Tenant, whole: bool) -> UsageView | None:
    if whole:
        return usage.view_now(tenant, timezone.now())
    return usage.view(tenant.usage) if hasattr(tenant, "usage") else None


def manifests(tenant: Tenant) -> list[ManifestView]:
    """The manifests of its server, without secrets; also for a tenant that is not saved."""
    try:
        previews = driver_named(tenant.driver).preview(server_of(tenant))
    except (DriverError, OSError) as error:
        raise Unavailable(f"A preview is impossible: {error}") from None
    return [ManifestView(each.name, each.text) for each in previews]


def kept_disks(slug: str = "") -> list[DiskView]:
    """Kept disks, newest first; of one slug, or all."""
    kept = KeptDisk.objects.filter(dropping=False)
    if slug:
        kept = kept.filter(slug=slug)
    return [DiskView(d.id, d.slug, d.name, d.driver, d.cluster, _ms(d.kept)) for d in kept]


def status(tenant: Tenant) -> str:
    """One line for users: its state, and what is in progress."""
    if tenant.state == State.failed:
        return f"Failed: {tenant.error}"
    if tenant.unreadable:
        return f"{tenant.state.capitalize()}, but unavailable: {tenant.unreadable}"
    if tenant.plan == Plan.none and (tenant.error or not tenant.restoring):
        return tenant.state.capitalize() + (f": {tenant.error}" if tenant.error else "")
    steps = list(tenant.steps.all())
    ahead = [step for step in steps if step.state != StepState.done]
    doing = f": {ahead[0].title} ({len(steps) - len(ahead) + 1} of {len(steps)})" if ahead else ""
    trouble = f", retrying after: {tenant.error}" if tenant.error else ""
    return f"{tenant.state.capitalize()}{doing}{trouble}"


def connection_by_slug(slug: str) -> TenantConnection | None:
    """The tenant's connection if its data plane is available."""
    tenant = Tenant.objects.filter(OPEN, slug=slug).first()
    return tenant.connection() if tenant else None


def serving() -> set[str]:
    """The ids of available tenants whose server is not being restarted on purpose."""
    return set(Tenant.objects.filter(OPEN).exclude(state=State.upgrading).values_list("pk", flat=True))


def connections() -> list[TenantConnection]:
    """Tenants whose data plane is up; also a deleted one whose disk is kept, until accepted samples are written."""
    return [known for tenant in _storing().order_by("slug") if (known := _connection(tenant))]


def stores_samples(tenant: Tenant) -> bool:
    """Whether accepted samples of it are still to be written."""
    return _storing().filter(pk=tenant.pk).exists()


def why_unavailable(tenant: Tenant) -> PlantraceError | None:
    """Why its data is unavailable at present, as an error for the caller; None if it is available."""
    state = State(tenant.state)
    if state in (State.deleting, State.deleted):
        return NotFound("There is no such tenant any more.", slug="no-such-tenant")
    reason = lifecycle.unavailable_reason(state, tenant.slug, Plan(tenant.plan))
    if reason is None:
        return None
    if state is State.suspended:
        return Forbidden(reason, slug="tenant-suspended")
    return Unavailable(reason, slug="tenant-not-ready", retry_after=5)


def _storing() -> QuerySet[Tenant]:
    undrained = Step.objects.filter(name="drain").exclude(state=StepState.done).values("tenant_id")
    draining = Q(state=State.deleting, keep_disk=True, pk__in=undrained)
    return Tenant.objects.filter(OPEN | draining).exclude(endpoints={}).exclude(encrypted_secrets="")


def connections_with_pods() -> list[TenantConnection]:
    """Available tenants that have pods of our image in their namespace."""
    found = Tenant.objects.filter(OPEN, pod_account__isnull=False).exclude(endpoints={}).exclude(encrypted_secrets="")
    return [known for tenant in found.order_by("slug") if (known := _connection(tenant))]


def _connection(tenant: Tenant) -> TenantConnection | None:
    """None if no key decrypts its credentials: only that tenant is unavailable."""
    try:
        return tenant.connection()
    except Unavailable as error:
        log.warning("Tenant %s is left out: %s", tenant.slug, error.detail)
        return None


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
