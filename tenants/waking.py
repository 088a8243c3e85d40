"""Wakes a worker early: the work itself is recorded in the rows, which a worker checks every 2 s anyway."""

from __future__ import annotations

import logging

from django.db import transaction

from kernel.errors import Unavailable
from tenants.announcing import announce_change
from web.messages import send

log = logging.getLogger(__name__)

TASK = "tenants.tasks.reconcile"
STALE_S = 10  # an older wake-up is worthless: others followed


def wake(task: str = TASK) -> None:
    """Trigger a worker once this transaction is committed. Fine if the broker is down."""
    announce_change()
    transaction.on_commit(lambda: _send(task))


def _send(task: str) -> None:
    try:
        send(task, expires=STALE_S, retry=False)
    except Unavailable as error:
        log.warning("No worker could be woken: %s", error)
