"""Tells people of alarms: sends what is due, and escalates; runs until SIGTERM."""

from __future__ import annotations

from typing import Any

from alarms.notification.channels import Destination
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.notifier import Notifier
from alarms.notification.senders import send
from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.workers.command import WorkerCommand, all_tenants


class Command(WorkerCommand):
    help = "Send notifications of alarms of all tenants, until SIGTERM."

    def worker(self, **options: Any) -> Notifier:
        return Notifier(all_tenants, _send, now_ms)


def _send(tenant: TenantConnection, to: Destination, message: AlarmMessage, id: str) -> Outcome:
    return send(tenant, to, message, id)
