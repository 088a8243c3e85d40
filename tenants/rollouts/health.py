"""Whether a tenant is healthy: its server answers, what it accepts is written, and it answers a query."""

from __future__ import annotations

import time

from django.conf import settings

from kernel.errors import PlantraceError
from tenants import influx
from tenants.interfaces import data_plane
from tenants.models import Tenant
from tenants.rollouts.machine import Gate

SLOWEST_S = 5.0


def why_ailing(tenant: Tenant, gate: Gate) -> str | None:
    """In a sentence; None: it is healthy."""
    if settings.TENANTS_SIMULATED:  # that it is ready is all there is to know
        return None
    try:
        known = tenant.secrets
        if known is None or not tenant.endpoints:
            return f"{tenant.slug} has no server."
        if not influx.accepts(tenant.endpoints["http"], known.reader):
            return f"InfluxDB of {tenant.slug} refuses its reader."
        connection = tenant.connection()
        lag = data_plane().lag(connection)
        if lag > gate.max_lag_s:
            return f"Samples of {tenant.slug} wait {lag:.0f} s to be written; {gate.max_lag_s} s may be."
        started = time.monotonic()
        data_plane().probe(connection)
        took = time.monotonic() - started
        return f"A query of {tenant.slug} took {took:.1f} s." if took > SLOWEST_S else None
    except (PlantraceError, OSError) as error:
        return f"{tenant.slug}: {error}"
