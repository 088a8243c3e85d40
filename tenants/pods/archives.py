"""What a tenant's pod needs of the control plane to take a backup and to restore one."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from kernel.errors import BadRequest, Conflict, Unavailable
from runtime.signing import Signature
from tenants import archive_keys, influx
from tenants.backups.archive import why_not_of
from tenants.backups.progress import RestoreProgress
from tenants.backups.restore import close, prepare_samples, reopen
from tenants.drivers.base import plain
from tenants.leases import Lease, LeaseLost, claim_idle
from tenants.lifecycle import LEASE, Plan, StepState
from tenants.models import Tenant
from tenants.steps import FILL_DOCUMENTS, FILL_SAMPLES, UNPACK
from web.pods.messages import ArchiveKey, ArchiveSignature, Filled, Held, RestoredShards, RestoreStart

LOST = "lease-lost"
FILLED_WITHIN_S = 2.0  # then the pod retries
ENDS_A_HOLD = (Plan.suspend, Plan.delete)  # a pod cannot delay these


def hold(tenant: Tenant, now: datetime) -> Held:
    """Raises Conflict while something else is in progress on the tenant. Expires if it is not renewed."""
    lease = claim_idle(tenant.pk, now)
    if lease is None:
        raise Conflict(
            f"Another operation is in progress on tenant {tenant.slug}; try again when it has finished.", slug="busy"
        )
    held = lease.read()
    return Held(
        lease.owner,
        held.state,
        held.endpoints.get("backup", ""),
        held.release,
        held.limits,
        plain(held.size_values),
    )


def renew(tenant: Tenant, owner: str) -> None:
    """Raises Conflict where it was lost, or the tenant is to be suspended or deleted."""
    lease = _kept(tenant, owner)
    if (plan := Plan(lease.read().plan)) in ENDS_A_HOLD:
        raise Conflict(f"Tenant {tenant.slug} is about to {plan}.", slug=LOST)
    lease.save(lease_until=timezone.now() + LEASE)


def release(tenant: Tenant, owner: str) -> None:
    """Fine if it was lost."""
    _lease(tenant, owner).release()


def archive_key(tenant: Tenant) -> ArchiveKey:
    key = archive_keys.signing_key(archive_keys.of_tenant(tenant.id))
    return ArchiveKey(key.id, key.secret)


def judge(signature: ArchiveSignature) -> str:
    """Also for another tenant's archive that is restored here; the caller learns no key."""
    return why_not_of(signature.tenant, Signature(signature.key_id, signature.hmac, signature.digest))


def start_restore(tenant: Tenant, request: RestoreStart) -> None:
    """Close the tenant and drop its empty database. Raises Conflict if it is not empty."""
    now = close(_kept(tenant, request.owner), request.backup, request.of)
    progress = RestoreProgress(now)
    progress.mark(UNPACK, StepState.done)
    progress.mark(FILL_SAMPLES, StepState.running)
    known = now.secrets
    assert known is not None  # or it would have no endpoints
    influx.drop_database(now.endpoints["http"], known)


def check_filled(tenant: Tenant, request: RestoredShards) -> Filled:
    """Once all shards exist, set up the tenant's users and policies."""
    now = _being_restored(tenant, request.owner)
    known = now.secrets
    assert known is not None
    try:
        if request.shards:
            influx.wait_filled(now.endpoints["http"], known, request.shards, FILLED_WITHIN_S)
    except Unavailable as error:
        return Filled(False, error.detail)
    prepare_samples(now)
    progress = RestoreProgress(now)
    progress.mark(FILL_SAMPLES, StepState.done)
    progress.mark(FILL_DOCUMENTS, StepState.running)
    return Filled(True)


def end_restore(tenant: Tenant, owner: str) -> None:
    """Make the tenant ready. Its limits do not change: a pod must not set them."""
    now = _being_restored(tenant, owner)
    reopen(_lease(tenant, owner))
    RestoreProgress(now).mark(FILL_DOCUMENTS, StepState.done)


def _being_restored(tenant: Tenant, owner: str) -> Tenant:
    now = _kept(tenant, owner).read()
    if not now.restoring:
        raise Conflict(f"Tenant {tenant.slug} is not being restored.")
    return now


def _kept(tenant: Tenant, owner: str) -> Lease:
    lease = _lease(tenant, owner)
    try:
        lease.read()
    except LeaseLost:
        raise Conflict(f"Tenant {tenant.slug} was taken over in the meantime.", slug=LOST) from None
    return lease


def _lease(tenant: Tenant, owner: str) -> Lease:
    if not owner:  # which is the owner of a tenant that nobody holds
        raise BadRequest("owner is empty.")
    return Lease(tenant.pk, owner)
