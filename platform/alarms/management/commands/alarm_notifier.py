"""Tells people of alarms: sends what is due, and escalates; runs until SIGTERM."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from alarms.notification.channels import Destination
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.notifier import Notifier
from alarms.notification.senders import send
from kernel.tenancy import TenantConnection
from web.clock import now_ms
from web.directory import directory


class Command(BaseCommand):
    help = "Send notifications of alarms of all tenants, until SIGTERM."
    requires_system_checks: list[str] = []  # they import every view

    def handle(self, *args: Any, **options: Any) -> None:
        notifier = Notifier(_tenants, _send, now_ms)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: notifier.stop())
        notifier.run()


def _send(tenant: TenantConnection, to: Destination, message: AlarmMessage, id: str) -> Outcome:
    return send(tenant, to, message, id)


def _tenants() -> list[TenantConnection]:
    close_old_connections()
    return directory().all()
