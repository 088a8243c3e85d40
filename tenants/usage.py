"""A tenant's usage: disk, series, samples. Measured once a minute, so that lists and scrapes query no database."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from msgspec import Meta, Struct
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kernel.errors import PlantraceError
from tenants import influx
from tenants.interfaces import data_plane
from tenants.lifecycle import Plan, State
from tenants.models import Tenant, Usage

log = logging.getLogger(__name__)

CONCURRENCY = 8  # databases queried at once
_WITH_POLICIES: set[str] = set()  # tenants with the policies of events and alarms, which older ones get here


class UsageView(Struct, frozen=True):
    """A tenant's figures as of `at` (epoch ms)."""

    disk_bytes: Annotated[int | None, Meta(description="Of its InfluxDB; null before the first measurement")]
    series: Annotated[int | None, Meta(description="InfluxDB's cardinality: one per sensor in raw and in each rung")]
    sensors: int
    samples_per_s: Annotated[float | None, Meta(description="Stored from its stream, over the last minute or so")]
    waiting: Annotated[int, Meta(description="Accepted but not stored yet")]
    last_data: Annotated[int | None, Meta(description="Epoch ms of the last stored sample")]
    at: int


def measure_all(now: datetime) -> int:
    """Measure every ready tenant; one that does not answer keeps its figures. How many were measured.

    The databases are queried in parallel: an unresponsive one delays its own figures only.
    """
    ready = Tenant.objects.filter(state=State.ready, plan=Plan.none).exclude(encrypted_secrets="")
    with ThreadPoolExecutor(CONCURRENCY, "measure") as pool:
        tenant_by_future = {pool.submit(_size_of, tenant): tenant for tenant in ready}
        return sum(_keep_measured(tenant_by_future[answer], answer, now) for answer in as_completed(tenant_by_future))


def _keep_measured(tenant: Tenant, future: Future[influx.Size], now: datetime) -> bool:
    try:
        _keep(tenant, future.result(), now)
    except PlantraceError as error:
        log.warning("%s cannot be measured: %s", tenant.slug, error.detail)
        return False
    return True


def measure(tenant: Tenant, now: datetime) -> Usage:
    """Raises Unavailable if one of its stores is."""
    return _keep(tenant, _size_of(tenant), now)


def _size_of(tenant: Tenant) -> influx.Size:
    secrets = tenant.secrets
    assert secrets is not None
    if settings.TENANTS_SIMULATED:
        return influx.Size(0, 0)
    if tenant.id not in _WITH_POLICIES:
        influx.ensure_later_policies(tenant.endpoints["http"], secrets)
        _WITH_POLICIES.add(tenant.id)
    return influx.size_of(tenant.endpoints["http"], secrets)


def _keep(tenant: Tenant, size: influx.Size, now: datetime) -> Usage:
    flow = data_plane().flow(tenant.connection())
    before = Usage.objects.filter(tenant=tenant).first()
    seconds = (now - before.at).total_seconds() if before else 0.0
    rate = max(0, flow.samples - before.samples) / seconds if before and seconds > 0 else 0.0
    fields: dict[str, Any] = {
        "disk_bytes": size.disk_bytes,
        "series": size.series,
        "sensors": flow.sensors,
        "samples": flow.samples,
        "samples_per_s": round(rate, 2),
        "waiting": flow.waiting,
        "last_data": flow.last_ms,
        "dead_letters": flow.dead_letters,
        "dead_letters_dropped": flow.dead_letters_dropped,
        "left_out": flow.left_out,
        "at": now,
    }
    usage, _ = Usage.objects.update_or_create(tenant=tenant, defaults=fields)
    data_plane().record_series(tenant.connection(), int(now.timestamp()))
    return usage


def view(usage: Usage) -> UsageView:
    return UsageView(
        usage.disk_bytes, usage.series, usage.sensors, usage.samples_per_s, usage.waiting, usage.last_data,
        int(usage.at.timestamp() * 1000),
    )  # fmt: skip


def view_now(tenant: Tenant, now: datetime) -> UsageView | None:
    """The streams' current figures with the last measurement; users wait for a tenant's first data."""
    measured = view(tenant.usage) if hasattr(tenant, "usage") else None
    if tenant.state != State.ready or not tenant.encrypted_secrets:
        return measured
    try:
        flow = data_plane().flow(tenant.connection())
    except PlantraceError:
        return measured
    known = measured or UsageView(None, None, 0, None, 0, None, int(now.timestamp() * 1000))
    return replace(known, sensors=flow.sensors, waiting=flow.waiting, last_data=flow.last_ms)


def exposition() -> bytes:
    """Every tenant's figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Figures(list(Usage.objects.select_related("tenant").order_by("tenant__slug"))))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, usages: Sequence[Usage]) -> None:
        self._usages = usages

    def collect(self) -> Iterator[Metric]:
        for kind, figures in ((GaugeMetricFamily, _GAUGES), (CounterMetricFamily, _COUNTERS)):
            for name, help in figures.items():
                family = kind(f"plantrace_tenant_{name}", help, labels=["tenant"])
                for usage in self._usages:
                    family.add_metric([usage.tenant.slug], getattr(usage, name))
                yield family


_GAUGES = {
    "disk_bytes": "Bytes of the tenant's InfluxDB",
    "series": "Series in the tenant's InfluxDB",
    "sensors": "Sensors in the tenant's catalog",
    "samples_per_s": "Samples stored a second",
    "waiting": "Samples accepted and not yet stored",
}
_COUNTERS = {
    "dead_letters": "Points that could not be stored",
    "dead_letters_dropped": "Dead letters dropped for lack of space",
    "left_out": "Samples not stored because their sensors were deleted while they waited",
}
