"""Whether a tenant is healthy: its server answers, accepted samples are written, and it answers a query."""

from __future__ import annotations

import time

from django.conf import settings

from kernel.errors import PlantraceError
from tenants import influx
from tenants.interfaces import data_plane
from tenants.models import Tenant
from tenants.rollouts.machine import Gate

MAX_QUERY_S = 5.0


def why_unhealthy(tenant: Tenant, gate: Gate) -> str | None:
    """The reason, in a sentence; None if it is healthy."""
    if settings.TENANTS_SIMULATED:  # there is no server to check
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
            return (
                f"Samples of {tenant.slug} have been waiting {lag:.0f} s to be written; {gate.max_lag_s} s are allowed."
            )
        started = time.monotonic()
        data_plane().probe(connection)
        took = time.monotonic() - started
        return f"A query of {tenant.slug} took {took:.1f} s." if took > MAX_QUERY_S else None
    except (PlantraceError, OSError) as error:
        return f"{tenant.slug}: {error}"
