"""Leases: at most one worker works on a tenant, and the tenant of a dead one is free again after 30 s."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from stores.renewer import Renewer
from tenants.lifecycle import LEASE, Plan, State
from tenants.models import Tenant

log = logging.getLogger(__name__)

RENEW_S = LEASE.total_seconds() / 3
MAX_STALL_S = 1800.0  # a worker that hangs does not hold its tenant forever


class LeaseLost(Exception):
    """Another worker took the tenant over, or it is gone: stop working on it."""


def due(now: datetime) -> QuerySet[Tenant]:
    """The tenants that a worker may claim now; `lifecycle.is_due` in SQL."""
    return (
        Tenant.objects.exclude(plan=Plan.none)
        .exclude(state=State.failed)
        .filter(Q(lease_until=None) | Q(lease_until__lte=now))
        .filter(Q(not_before=None) | Q(not_before__lte=now))
    )


def claim_next(now: datetime, untried: bool = False) -> Lease | None:
    """A lease on one tenant that is due, or None. The conditional update lets exactly one worker win.

    `untried`: only one without a failed attempt.
    """
    found = due(now).filter(attempts=0) if untried else due(now)
    for pk in found.order_by("changed").values_list("pk", flat=True):
        owner = secrets.token_hex(16)
        claimed = due(now).filter(pk=pk).update(
            lease_owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1
        )  # fmt: skip
        if claimed:
            return Lease(pk, owner)
    return None


def comes_due(now: datetime, within: timedelta) -> bool:
    """Whether a waiting tenant is due soon."""
    return due(now + within).filter(not_before__gt=now).exists()


def claim_idle(tenant_id: str, now: datetime) -> Lease | None:
    """A lease on a tenant that has nothing to be done, so that nobody changes it meanwhile; else None."""
    owner = secrets.token_hex(16)
    idle = Tenant.objects.filter(Q(plan=Plan.none) | Q(state=State.failed), pk=tenant_id)
    free = idle.filter(Q(lease_until=None) | Q(lease_until__lte=now))
    return Lease(tenant_id, owner) if free.update(lease_owner=owner, lease_until=now + LEASE) else None


class Lease:
    """One worker's hold on one tenant. As a context it renews itself in a thread."""

    def __init__(self, tenant_id: str, owner: str) -> None:
        self.tenant_id, self.owner = tenant_id, owner
        self._lost = threading.Event()
        self._doing, self._since = "", time.monotonic()
        self._renewer = Renewer(f"lease-{tenant_id}", RENEW_S, self._renew, lambda: connection.close())

    def __enter__(self) -> Self:
        self._renewer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renewer.stop()
        self.release()

    def release(self) -> None:
        """Fine if it was lost."""
        self._mine().update(lease_owner="", lease_until=None)

    def read(self) -> Tenant:
        """The tenant as it is now. Raises LeaseLost."""
        tenant = self._mine().first()
        if tenant is None or self._lost.is_set():
            raise LeaseLost(self.tenant_id)
        return tenant

    def progressed(self, doing: str) -> None:
        """Called with a changed message when there is progress; without any for long, the lease is not renewed."""
        if doing != self._doing:
            self._doing, self._since = doing, time.monotonic()

    def save(self, **fields: Any) -> None:
        """Change fields of the tenant, if the lease still holds. Raises LeaseLost."""
        if self._lost.is_set() or not self._mine().update(**fields):
            raise LeaseLost(self.tenant_id)

    def save_if(self, seen: Tenant, **fields: Any) -> bool:
        """Like `save`, but only while state and plan are those of `seen`: no request made meanwhile is lost."""
        if self._lost.is_set():
            raise LeaseLost(self.tenant_id)
        return bool(self._mine().filter(state=seen.state, plan=seen.plan).update(**fields))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction in which the lease is held for certain."""
        with transaction.atomic():
            self.save(lease_until=timezone.now() + LEASE)
            yield

    def _mine(self) -> QuerySet[Tenant]:
        return Tenant.objects.filter(pk=self.tenant_id, lease_owner=self.owner)

    def _renew(self) -> bool:
        if time.monotonic() - self._since >= MAX_STALL_S:
            return False
        try:
            self.save(lease_until=timezone.now() + LEASE)
        except LeaseLost:
            self._lost.set()
            return False
        except DatabaseError:
            log.exception("The lease on tenant %s could not be renewed; trying again", self.tenant_id)
        return True
