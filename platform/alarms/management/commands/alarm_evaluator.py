"""Evaluates alarm rules as samples arrive, and writes the journal; runs until SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from alarms.evaluation.process import Evaluator
from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.journal.drain import JournalDrain
from alarms.journal.late import evaluate_late
from alarms.journal.rounds import Rounds
from alarms.notification.plan import plan
from alarms.sinks.publishing import SinkPublisher
from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.directory import directory
from web.stores import alarms, deliveries

LATE_POLL_INTERVAL_S, LATE_THREADS = 5.0, 2
PLAN_POLL_INTERVAL_S, PLAN_THREADS = 1.0, 4


class Command(BaseCommand):
    help = "Evaluate the alarm rules of all tenants as samples arrive, until SIGTERM."
    requires_system_checks: list[str] = []  # they import every view

    def handle(self, *args: Any, **options: Any) -> None:
        evaluator = Evaluator(_tenants, lambda each: TenantEvaluator(each, StoredRules(each), now_ms), now_ms)
        drain = JournalDrain(_tenants, now_ms, _plan)
        planning = Rounds("notification", _tenants, _unplanned, _plan, PLAN_POLL_INTERVAL_S, PLAN_THREADS)
        publisher = SinkPublisher(_tenants, now_ms)
        late = Rounds("late samples", _tenants, _with_late, _evaluate_late, LATE_POLL_INTERVAL_S, LATE_THREADS)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: evaluator.stop())
        planning.start()  # beside the drain, which waits while a tenant's InfluxDB does not answer
        drain.start()
        publisher.start()
        late.start()
        try:
            evaluator.run()
        finally:
            publisher.stop()
            late.stop()
            drain.stop()
            planning.stop()


def _with_late(prefixes: Sequence[str]) -> set[str]:
    return set(alarms().with_late(prefixes))


def _unplanned(prefixes: Sequence[str]) -> set[str]:
    return set(deliveries().unplanned(prefixes))


def _plan(tenant: TenantConnection) -> int:
    return plan(tenant, now_ms)


def _evaluate_late(tenant: TenantConnection) -> int:
    return evaluate_late(tenant, now_ms())


def _tenants() -> list[TenantConnection]:
    close_old_connections()
    return directory().all()
