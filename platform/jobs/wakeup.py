"""Waking a worker, and nothing more: the work is in the records, and beat wakes one every few seconds anyway."""

from __future__ import annotations

import logging

from django.conf import settings

from jobs.run import Queue
from kernel.errors import Unavailable
from web.messages import send

log = logging.getLogger(__name__)

TASK = "jobs.run_open"
STALE_S = 10  # a wake-up that waited longer is useless: others followed it


def wake(queue: Queue) -> None:
    """Does nothing if the broker is down. A tenant's own process may not use it: there only beat wakes a worker."""
    if settings.CONTROL_URL:
        return
    try:
        send(TASK, queue, queue=queue, expires=STALE_S, retry=False)
    except Unavailable as error:
        log.warning("no worker could be woken: %s", error)
