"""A tenant's slot for long jobs: its holder finds no correction or import between two of its steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from jobs import Queue
from kernel.errors import Conflict, Unavailable
from kernel.progress import Report
from stores.redis.leases import Lease, LeaseLost

POLL_S = 1.0
FREE_WITHIN_S = 600.0


def slot_of(tenant: str) -> Lease:
    return Lease(settings.REDIS_URL, f"pt:{tenant}:jobs:{Queue.long}")


@contextmanager
def holding_slot(tenant: str, slug: str, report: Report) -> Iterator[Report]:
    """Waits for the slot; `report` for what is done inside, which also says that its holder is alive.

    Conflict if it is not free in time, Unavailable if it was lost meanwhile.
    """
    slot, deadline = slot_of(tenant), time.monotonic() + FREE_WITHIN_S
    waits = False
    while not slot.acquire():
        if time.monotonic() > deadline:
            raise Conflict(
                f"An import, a correction or a backup of tenant {slug} is running; try again when it has ended."
            )
        if not waits:
            report(f"Waiting for an import, a correction or a backup of {slug} to end")
            waits = True
        time.sleep(POLL_S)

    def alive(line: str) -> None:
        try:
            slot.check()
        except LeaseLost:
            raise Unavailable(f"Another job of tenant {slug} has begun in the meantime; try again.") from None
        report(line)

    with slot:
        yield alive
