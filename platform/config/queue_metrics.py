"""The queue of samples in Prometheus' form: what writers are scaled by (ADR 0077)."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from web.directory import directory
from web.stores import streams

MAX_AGE_S = 86_400


class _Queue(Collector):
    """As it is now, of all tenants together that shared writers store. Raises Unavailable.

    Pods can write what is read here, so it counts only as far as it can be true.
    """

    def __init__(self, now_ms: int) -> None:
        limits = {tenant.prefix: tenant.limits.stream_length for tenant in directory().all()}
        for prefix in streams().writer_lease.with_own_writer(list(limits)):
            del limits[prefix]
        backlogs = zip(limits.items(), streams().backlogs(list(limits)), strict=True)
        waiting = {prefix: min(weight, limit) for (prefix, limit), weight in backlogs if weight}
        began = zip(waiting, streams().oldest_of(list(waiting)), strict=True)
        busy = {prefix: at for prefix, at in began if at is not None}
        age_s = (now_ms - min(busy.values(), default=now_ms)) / 1000
        self._figures = {
            "waiting_samples": (
                "Samples that are acknowledged and not stored yet; of long texts and events, 64 bytes each",
                sum(waiting[prefix] for prefix in busy),
            ),
            "busy_tenants": ("Tenants with such samples: one writer at a time stores those of a tenant", len(busy)),
            "lag_seconds": ("Age of the oldest of them", min(MAX_AGE_S, max(0.0, age_s))),
            "writers": ("Shared writers that are alive", streams().writer_lease.count()),
        }

    def collect(self) -> Iterator[Metric]:
        for name, (text, value) in self._figures.items():
            family = GaugeMetricFamily(f"plantrace_ingest_{name}", text)
            family.add_metric([], value)
            yield family


def exposition(now_ms: int) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Queue(now_ms))
    return generate_latest(registry)
