"""The evaluator of alarms and the way to the journal in Prometheus' form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stores.redis.alarm_figures import AlarmFigures
from web.directory import directory
from web.stores import alarm_figures

MAX_AGE_S = 86_400


class _Alarms(Collector):
    """As they are now, of all tenants together. Raises Unavailable."""

    def __init__(self, found: Sequence[AlarmFigures], now_ms: int) -> None:
        def age_s(times: Iterator[int | None]) -> float:
            oldest = min((t for t in times if t is not None), default=now_ms)
            return min(MAX_AGE_S, max(0.0, (now_ms - oldest) / 1000))

        self._figures = {
            "active": ("Alarms that are not plainly normal", sum(each.alarms for each in found)),
            "evaluated_tenants": ("Tenants with enabled rules", sum(each.has_rules for each in found)),
            "evaluators": (
                "Processes that evaluate a tenant's rules",
                len({each.evaluator for each in found if each.evaluator}),
            ),
            "lag_seconds": (
                "Age of the oldest samples that enabled rules have not read",
                age_s(each.unevaluated for each in found),
            ),
            "timer_lag_seconds": (
                "For how long the timer of a delay, a shelf or a silent sensor is overdue",
                age_s(each.timer for each in found if each.timer is not None and each.timer <= now_ms),
            ),
            "journal_waiting": ("Transitions that are not in the journal yet", sum(each.journal for each in found)),
            "journal_lag_seconds": ("Age of the oldest of them", age_s(each.journal_since for each in found)),
        }

    def collect(self) -> Iterator[Metric]:
        for name, (text, value) in self._figures.items():
            family = GaugeMetricFamily(f"plantrace_alarms_{name}", text)
            family.add_metric([], value)
            yield family


def exposition(now_ms: int) -> bytes:
    """Raises Unavailable."""
    registry = CollectorRegistry()
    registry.register(_Alarms(alarm_figures().of([tenant.prefix for tenant in directory().all()]), now_ms))
    return generate_latest(registry)
