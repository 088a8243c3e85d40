"""Evaluates alarm rules as samples arrive, and writes the journal; runs until SIGTERM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alarms.evaluation.process import Evaluator
from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.journal.drain import JournalDrain
from alarms.journal.late import evaluate_late
from alarms.journal.rounds import Rounds
from alarms.notification.plan import plan
from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.stores import alarms, deliveries
from web.workers.command import Background, WorkerCommand, all_tenants

LATE_POLL_INTERVAL_S, LATE_THREADS = 5.0, 2
PLAN_POLL_INTERVAL_S, PLAN_THREADS = 1.0, 4


class Command(WorkerCommand):
    help = "Evaluate the alarm rules of all tenants as samples arrive, until SIGTERM."

    def worker(self, **options: Any) -> Evaluator:
        return Evaluator(all_tenants, lambda each: TenantEvaluator(each, StoredRules(each), now_ms), now_ms)

    def beside(self) -> Sequence[Background]:
        """Notifications are planned beside the journal, which waits while a tenant's InfluxDB does not answer."""
        return (
            Rounds("notification", all_tenants, _unplanned, _plan, PLAN_POLL_INTERVAL_S, PLAN_THREADS),
            JournalDrain(all_tenants, now_ms, _plan),
            Rounds("late samples", all_tenants, _with_late, _evaluate_late, LATE_POLL_INTERVAL_S, LATE_THREADS),
        )


def _with_late(prefixes: Sequence[str]) -> set[str]:
    return set(alarms().with_late(prefixes))


def _unplanned(prefixes: Sequence[str]) -> set[str]:
    return set(deliveries().unplanned(prefixes))


def _plan(tenant: TenantConnection) -> int:
    return plan(tenant, now_ms)


def _evaluate_late(tenant: TenantConnection) -> int:
    return evaluate_late(tenant, now_ms())
