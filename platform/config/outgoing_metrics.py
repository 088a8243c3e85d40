"""Notifications and sinks of alarms in Prometheus' form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stores.redis.outgoing_figures import OutgoingFigures
from web.directory import directory
from web.stores import outgoing_counts, outgoing_figures

MAX_AGE_S = 86_400
_COUNTERS = {
    "delivery": ("notification_deliveries", "Notifications that have ended", ("outcome", "channel")),
    "retry": ("notification_retries", "Attempts of notifications after which another one follows", ("channel",)),
    "published": ("alarm_sinks_published", "Transitions that sinks have published", ("broker",)),
    "lost": (
        "alarm_sinks_lost",
        "Transitions never published, as the journal has them no longer",
        ("broker",),
    ),
    "error": ("alarm_sinks_errors", "Turns of sinks that failed", ("broker",)),
}


class _Outgoing(Collector):
    """Of all tenants together."""

    def __init__(self, found: Sequence[OutgoingFigures], counts: Mapping[str, int], now_ms: int) -> None:
        def age_s(times: Iterable[int | None]) -> float:
            oldest = min((t for t in times if t is not None), default=now_ms)
            return min(MAX_AGE_S, max(0.0, (now_ms - oldest) / 1000))

        self._counts = counts
        self._figures = {
            "notification_waiting": ("Notifications that have not ended", sum(each.deliveries for each in found)),
            "notification_oldest_seconds": (
                "Age of the oldest of them, since it was planned",
                age_s(each.planned for each in found),
            ),
            "notification_lag_seconds": (
                "For how long a notification that is due was not taken",
                age_s(each.due for each in found if each.due is not None and each.due <= now_ms),
            ),
            "alarm_sinks_waiting": (
                "Transitions that are not published yet, for each sink",
                sum(each.transitions for each in found),
            ),
            "alarm_sinks_lag_seconds": ("Age of the oldest of them", age_s(each.fed for each in found)),
        }

    def collect(self) -> Iterator[Metric]:
        for name, (text, value) in self._figures.items():
            gauge = GaugeMetricFamily(f"plantrace_{name}", text)
            gauge.add_metric([], value)
            yield gauge
        for kind, (name, text, labels) in _COUNTERS.items():
            counter = CounterMetricFamily(f"plantrace_{name}", text, labels=labels)
            for words, number in sorted(self._counts.items()):
                first, *values = words.split()
                if first == kind and len(values) == len(labels):
                    counter.add_metric(values, number)
            yield counter


def exposition(now_ms: int) -> bytes:
    """Raises Unavailable."""
    registry = CollectorRegistry()
    found = outgoing_figures().of([tenant.prefix for tenant in directory().all()])
    registry.register(_Outgoing(found, outgoing_counts().all(), now_ms))
    return generate_latest(registry)
