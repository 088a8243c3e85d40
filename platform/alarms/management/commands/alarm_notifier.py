"""Tells people and other systems of alarms: sends what is due, escalates, publishes to sinks; runs until SIGTERM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alarms.notification.channels import Destination
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.notifier import Notifier
from alarms.notification.senders import send
from alarms.sinks.publishing import SinkPublisher
from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.workers.command import Background, WorkerCommand, all_tenants


class Command(WorkerCommand):
    help = "Send notifications of alarms of all tenants and publish alarms to their sinks, until SIGTERM."

    def worker(self, **options: Any) -> Notifier:
        return Notifier(all_tenants, _send, now_ms)

    def beside(self) -> Sequence[Background]:
        """Not beside the evaluator: a broker that hangs must not take what alarms need."""
        return (SinkPublisher(all_tenants, now_ms),)


def _send(tenant: TenantConnection, to: Destination, message: AlarmMessage, id: str) -> Outcome:
    return send(tenant, to, message, id)
