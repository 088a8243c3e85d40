"""Who hears of stored samples. `ingest` says how they are told; `config` says who they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ingest.points import Batch
from kernel.tenancy import TenantConnection


class BatchListener(Protocol):
    """Hears of one tenant's samples after InfluxDB has stored them and before the queue forgets them.

    **At least once.** A batch is acknowledged only after every listener has returned, so a writer that dies in between
    tells all of them again, also those that had heard; a batch may come back in other pieces. A listener is therefore
    idempotent by (sensor, time), and what it keeps must be durable when it returns.

    **In order.** The batches of a tenant come one after another, in the order in which they were queued; after a
    repetition the order holds again from the repeated batch on. Times within a batch may be in any order. Of equal
    (sensor, time) the later one counts.

    If a listener raises, the batch stays in the queue and all are told again later, with growing pauses. What must not
    hold up its tenant catches its own errors; what is slow, or waits for others, reads by a cursor of its own instead.
    """

    def stored(self, batch: Batch) -> None:
        """These samples are in InfluxDB. Never empty; samples that InfluxDB refused for good are not among them."""


ListenerFactory = Callable[[TenantConnection], BatchListener]
_factories: Sequence[ListenerFactory] | None = None


def set_listeners(factories: Sequence[ListenerFactory]) -> None:
    """Called once per process, before any writer starts. They are told in this order."""
    global _factories
    _factories = tuple(factories)


def listeners_of(tenant: TenantConnection) -> list[BatchListener]:
    """New listeners for one tenant's writer."""
    if _factories is None:
        raise RuntimeError("No listeners: config's AppConfig sets them.")
    return [make(tenant) for make in _factories]
