"""Waking a worker. Only that: what is to be done stands in the rows, and a worker looks every 2 s anyway."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

TASK = "tenants.tasks.reconcile"
STALE_S = 10  # a wake-up that waited longer is worth nothing: others came after it


def wake(task: str = TASK) -> None:
    """Ask a worker to look once this transaction is committed. Fine if the broker is down."""
    transaction.on_commit(lambda: _send(task))


def _send(task: str) -> None:
    try:
        current_app.send_task(task, expires=STALE_S, retry=False)
    except OperationalError as error:
        log.warning("No worker could be woken: %s", error)
