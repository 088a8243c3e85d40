"""The list of open jobs, written from any process."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from kernel.tenancy import TenantConnection
from stores.redis.pending import Pending


def note_open(kind: str, tenant: TenantConnection, id: str) -> None:
    """A job that is already noted keeps its position."""
    pending = Pending(settings.REDIS_URL, kind)
    if settings.CONTROL_URL:
        pending.add_own(tenant.prefix, id)
    else:
        pending.add(tenant.slug, id)


def collect_open(kind: str, tenants: Iterable[TenantConnection]) -> None:
    """Collect what these tenants' pods noted."""
    Pending(settings.REDIS_URL, kind).collect((tenant.slug, tenant.prefix) for tenant in tenants)
