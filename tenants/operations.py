"""Operations on tenants. Each one records the request in the row; the reconciler does the rest."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from msgspec import Meta

from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import TENANT, is_id
from kernel.tenancy import Limits
from tenants import lifecycle, pod_credentials, queries
from tenants.backups import queries as backups
from tenants.drivers import Driver, Resizes, SelectsClusters, Size, default_driver, driver_named
from tenants.drivers.base import plain
from tenants.lifecycle import Plan, Request, Ring, State, StepState, Transition
from tenants.models import KeptDisk, PodAccount, Step, Tenant
from tenants.numbers import whole_numbers
from tenants.rollouts import releases
from tenants.signals import announce
from tenants.slugs import LABEL, MAX_LENGTH, MIN_LENGTH, check_slug
from tenants.steps import titles_of
from tenants.waking import wake
from web.audit import audit

MAX_NAME_LENGTH = 120
SIZE_BOUNDS = {"disk_gib": (1, 65_536), "memory_mib": (256, 1_048_576), "cpu_milli": (50, 256_000)}
MAX_LIMITS = Limits(
    sensors=1_000_000, samples_per_s=10_000_000, requests_per_s=1_000_000, stream_length=100_000_000,
    upload_bytes=1 << 40,
    catalog_documents=2_500_000, catalog_bytes=2 << 30, dead_letters=1_000_000, dead_letter_bytes=1 << 30,
    new_series_per_hour=1_000_000,
    events_per_s=1_000_000, events_per_day=10_000_000_000, event_types=2_000, event_fields=256,
    event_attachment_bytes=1 << 40, devices=100_000, open_commands=50_000, heartbeats_per_s=100_000,
)  # fmt: skip

Key = Annotated[str, Meta(max_length=200)]
Slug = Annotated[
    str, Meta(extra_json_schema={"minLength": MIN_LENGTH, "maxLength": MAX_LENGTH, "pattern": f"^{LABEL}$"})
]
TenantName = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_NAME_LENGTH})]
DiskId = Annotated[Key, Meta(extra_json_schema={"minLength": 1})]
Sizes = Annotated[dict[str, int], whole_numbers(SIZE_BOUNDS)]
LimitValues = Annotated[dict[str, int], whole_numbers({n: (1, v) for n, v in msgspec.to_builtins(MAX_LIMITS).items()})]


class NewTenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: Slug
    name: TenantName = ""
    driver: Key = ""  # empty: this installation's default
    cluster: Key = ""
    release: Key = ""
    ring: Ring = Ring.all
    size: Sizes = {}
    adopt_disk: DiskId | None = None
    restore: Key = ""  # a backup, restored before the tenant becomes ready
    restore_unauthenticated: bool = False  # also one that this installation did not sign
    limits: LimitValues = {}


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be changed about an existing tenant; what is not named stays as it is."""

    name: Annotated[TenantName, Meta(extra_json_schema={"minLength": 1})] | msgspec.UnsetType = msgspec.UNSET
    limits: LimitValues | msgspec.UnsetType = msgspec.UNSET
    suspended: bool | msgspec.UnsetType = msgspec.UNSET
    ring: Ring | msgspec.UnsetType = msgspec.UNSET
    pinned: bool | msgspec.UnsetType = msgspec.UNSET
    size: Sizes | msgspec.UnsetType = msgspec.UNSET
    release: Key | msgspec.UnsetType = msgspec.UNSET


def create(wanted: NewTenant) -> Tenant:
    """A requested tenant. Raises BadRequest (field named) or Conflict (slug taken, disk adopted)."""
    tenant = planned(wanted)
    with transaction.atomic():
        _check_free(wanted.slug)
        if wanted.adopt_disk is not None:
            _adopt(wanted.adopt_disk, tenant, KeptDisk.objects.select_for_update()).delete()
        try:
            with transaction.atomic():
                tenant.save(force_insert=True)
        except IntegrityError:
            raise _taken(wanted.slug) from None
        ensure_steps(tenant, Plan.provision, reset=True)
        announce(tenant.id, tenant.slug, State.requested)
    wake()
    return tenant


def planned(wanted: NewTenant) -> Tenant:
    """The row as it would be created, not saved. Raises BadRequest (field named)."""
    check_slug(wanted.slug)
    driver = driver_named(wanted.driver or default_driver())
    _check_cluster(wanted.cluster, driver)
    tenant = Tenant(
        slug=wanted.slug,
        name=_check_name(wanted.name or wanted.slug),
        driver=driver.name,
        cluster=wanted.cluster,
        release=releases.check_known(wanted.release) or releases.usual(),
        ring=wanted.ring,
        size=_check_size(wanted.size, driver),
        limits=_check_limits(wanted.limits, Limits()),
        state=State.requested,
        plan=Plan.provision,
    )
    tenant.disk = tenant.id
    if wanted.adopt_disk is not None:
        _adopt(wanted.adopt_disk, tenant, KeptDisk.objects.all())
    if wanted.restore:
        tenant.restoring = backups.check_whole(wanted.restore)
        tenant.restore_unauthenticated = wanted.restore_unauthenticated
    return tenant


def change(slug: str, changes: Changes) -> Tenant:
    """Apply the given fields, all or nothing."""
    with transaction.atomic():
        tenant = _locked(slug)
        if changes.name is not msgspec.UNSET:
            tenant.name = _check_name(changes.name)
        if changes.limits is not msgspec.UNSET:
            tenant.limits = _check_limits(changes.limits, tenant.limit_values)
        if changes.ring is not msgspec.UNSET:
            tenant.ring = changes.ring
        if changes.pinned is not msgspec.UNSET:
            tenant.pinned = changes.pinned
        if changes.size is not msgspec.UNSET or changes.release is not msgspec.UNSET:
            _change_server(tenant, changes)
        if changes.suspended is not msgspec.UNSET:
            _request(tenant, Request.suspend if changes.suspended else Request.resume)
        tenant.save()
        announce(tenant.id, tenant.slug, State(tenant.state))
    wake()
    return tenant


def named(changes: Changes) -> dict[str, Any]:
    """The fields that were given, as plain values."""
    plain: dict[str, Any] = msgspec.to_builtins(changes)
    return plain


def suspend(slug: str) -> Tenant:
    return change(slug, Changes(suspended=True))


def suspend_withdrawn(tenant_id: str, why: str) -> None:
    """Suspend a ready tenant and keep the reason for people to see."""
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().filter(pk=tenant_id, state=State.ready).first()
        if tenant is None or not _request(tenant, Request.suspend):
            return
        tenant.error = why
        tenant.save()
        audit(None, "tenant.withdrawn", tenant.id, {"why": why}, tenant=tenant.slug)
        announce(tenant.id, tenant.slug, State.suspended)


def resume(slug: str) -> Tenant:
    return change(slug, Changes(suspended=False))


def retry(slug: str) -> Tenant:
    """Resume what failed, or try at once what waits for its next attempt."""
    with transaction.atomic():
        tenant = _locked(slug)
        if not _request(tenant, Request.retry):
            tenant.not_before = None
        tenant.save()
        announce(tenant.id, tenant.slug, State(tenant.state))
    wake()
    return tenant


def renew_pod_credentials(slug: str) -> Tenant:
    """Revokes the credentials of the tenant's pods; the reconciler issues new ones. Conflict if it has no pods."""
    with transaction.atomic():
        tenant = _locked(slug)
        if not PodAccount.objects.filter(pk=tenant.pk).exists():
            raise Conflict(f"Tenant {slug} has no pods of its own, and so no credentials for any.", slug="no-pods")
        _request(tenant, Request.upgrade)
        tenant.save()
        pod_credentials.revoke(tenant.id)
        announce(tenant.id, tenant.slug, State(tenant.state))
    wake()
    return tenant


def delete(slug: str, confirm: str | None, keep_disk: bool = False) -> Tenant:
    """Access ends at once; the reconciler removes the rest. `confirm` repeats the slug."""
    with transaction.atomic():
        tenant = _locked(slug)
        if confirm != tenant.slug:
            raise BadRequest(
                f"To confirm, repeat the slug: confirm={tenant.slug}"
                + (f", not “{confirm[:80]}”." if confirm else "."),
                slug="not-confirmed",
                field="confirm",
            )
        if tenant.state == State.deleting and tenant.keep_disk != keep_disk:
            raise Conflict(
                f"Tenant {slug} is being deleted already, its disk {'kept' if tenant.keep_disk else 'not kept'}.",
                slug="wrong-state",
            )
        tenant.keep_disk = keep_disk
        _request(tenant, Request.delete)
        tenant.save()
        announce(tenant.id, tenant.slug, State.deleting)
    wake()
    return tenant


def drop_disk(disk: str, confirm: str | None) -> KeptDisk:
    """A kept disk and its documents are to be removed permanently. `confirm` repeats its id."""
    kept = KeptDisk.objects.filter(pk=disk, dropping=False).first()
    if kept is None:
        raise no_such_disk(disk)
    if confirm != disk:
        raise BadRequest(f"To confirm, repeat the id: confirm={disk}.", slug="not-confirmed", field="confirm")
    KeptDisk.objects.filter(pk=disk).update(dropping=True)
    wake()
    return kept


def no_such_disk(disk: str) -> NotFound:
    return NotFound(f"There is no kept disk {disk[:40]}; GET /api/v1/disks lists them.")


def ensure_steps(tenant: Tenant, plan: Plan, reset: bool = False) -> None:
    """The records of the plan's steps exist, and no others; `reset`: all are waiting."""
    wanted = titles_of(plan, bool(tenant.restoring))
    with transaction.atomic():
        known = list(tenant.steps.values_list("name", flat=True))
        if known == list(wanted) and not reset:
            return
        tenant.steps.all().delete()
        Step.objects.bulk_create(
            Step(tenant=tenant, position=position, name=name, title=title, state=StepState.waiting)
            for position, (name, title) in enumerate(wanted.items())
        )


def _request(tenant: Tenant, request: Request) -> bool:
    """Whether the request changes anything. The caller saves."""
    transition = lifecycle.apply(Transition(State(tenant.state), Plan(tenant.plan)), request, tenant.slug)
    if transition is None:
        return False
    tenant.state, tenant.plan = transition.state, transition.plan
    tenant.attempts, tenant.not_before, tenant.error = 0, None, ""
    ensure_steps(tenant, transition.plan, reset=True)
    return True


def give_release(tenant_id: str, release: str) -> None:
    """Move an idle tenant to a release. Raises Conflict if it is not idle."""
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        _change_server(tenant, Changes(release=release))
        tenant.save()
        announce(tenant.id, tenant.slug, State(tenant.state))
    wake()


def _change_server(tenant: Tenant, changes: Changes) -> None:
    """Another size or release, which the server must be rebuilt for: once, if both change."""
    size, release = plain(tenant.size_values), tenant.release
    if changes.size is not msgspec.UNSET:
        size = _check_size(changes.size, driver_named(tenant.driver), tenant.size_values)
    if changes.release is not msgspec.UNSET:
        release = releases.check_known(changes.release)
    if (size, release) != (plain(tenant.size_values), tenant.release):
        tenant.size, tenant.release = size, release
        _request(tenant, Request.upgrade)


def _locked(slug: str) -> Tenant:
    tenant = Tenant.objects.select_for_update().filter(slug=slug).first()
    if tenant is None:
        raise queries.no_such(slug)
    return tenant


def _adopt(disk: str, tenant: Tenant, among: QuerySet[KeptDisk]) -> KeptDisk:
    """The tenant's disk is that one. The caller saves and, in one transaction, takes it out of those that are kept."""
    if not is_id(disk, TENANT):
        raise BadRequest(f"adopt_disk “{disk[:40]}” is not the id of a kept disk.", field="adopt_disk")
    kept = among.filter(pk=disk, dropping=False).first()
    if kept is None:
        raise no_such_disk(disk)
    if (kept.driver, kept.cluster) != (tenant.driver, tenant.cluster):
        where = f"driver={kept.driver}" + (f", cluster={kept.cluster}" if kept.cluster else "")
        raise BadRequest(f"Disk {disk} belongs to {where}; only a tenant there can adopt it.", field="adopt_disk")
    tenant.disk, tenant.volume = kept.pk, kept.volume
    if kept.volume:  # its size is what it is
        tenant.size = {**tenant.size, "disk_gib": kept.size.get("disk_gib", Size().disk_gib)}
    return kept


def _check_free(slug: str) -> None:
    if Tenant.objects.filter(slug=slug).exists():
        raise _taken(slug)


def _taken(slug: str) -> Conflict:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is not None and tenant.state == State.deleting:
        return Conflict(
            f"The tenant that had the slug {slug} is still being deleted; try again soon.", slug="slug-taken"
        )
    return Conflict(f"There is a tenant {slug} already; choose another slug.", slug="slug-taken", field="slug")


def _check_name(name: str) -> str:
    if len(name) > MAX_NAME_LENGTH or not name.strip():
        raise BadRequest(f"name has {len(name)} characters; it needs 1 to {MAX_NAME_LENGTH}.", field="name")
    return " ".join(name.split())


def _check_limits(wanted: dict[str, int], now: Limits) -> dict[str, int]:
    known: dict[str, Any] = msgspec.to_builtins(now)
    for name, value in wanted.items():
        if name not in known:
            raise BadRequest(f"limits.{name[:40]} is unknown; use one of: {', '.join(known)}.", field=f"limits.{name}")
        if not 1 <= value <= getattr(MAX_LIMITS, name):
            raise BadRequest(
                f"limits.{name}={value} is outside 1 … {getattr(MAX_LIMITS, name)}.", field=f"limits.{name}"
            )
    return {**known, **wanted}


def _check_cluster(cluster: str, driver: Driver) -> None:
    if isinstance(driver, SelectsClusters):
        driver.check_cluster(cluster)
    elif cluster:
        raise BadRequest(f"driver “{driver.name}” takes no cluster.", field="cluster")


def _check_size(wanted: dict[str, int], driver: Driver, now: Size | None = None) -> dict[str, int]:
    known = plain(now or Size())
    for name, value in wanted.items():
        if name not in known:
            raise BadRequest(f"size.{name[:40]} is unknown; use one of: {', '.join(known)}.", field=f"size.{name}")
        low, high = SIZE_BOUNDS[name]
        if not low <= value <= high:
            raise BadRequest(f"size.{name}={value} is outside {low} … {high}.", field=f"size.{name}")
    size = {**known, **wanted}
    if isinstance(driver, Resizes):
        driver.check_size(msgspec.convert(size, Size), now)
    elif size != known:
        raise BadRequest(f"size: tenants of driver “{driver.name}” use what the machine has.", field="size")
    return size
