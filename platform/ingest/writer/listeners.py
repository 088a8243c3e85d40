"""Listeners to stored samples. `ingest` defines when they are called; `config` registers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from kernel.batch import Batch
from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class BatchListener(Protocol):
    """Called with one tenant's samples after InfluxDB has stored them and before they are acknowledged.

    **At least once.** A batch is acknowledged only after every listener has returned, so a writer that dies in between
    calls all of them again, even those that had returned; a batch may be split differently. A listener is therefore
    idempotent by (sensor, time), and what it stores must be durable when it returns.

    **In order.** The batches of a tenant arrive one after another, in the order in which they were queued; after a
    repetition the order continues from the repeated batch. Times within a batch may be in any order. Of equal
    (sensor, time) the later one counts.

    If a listener raises, the batch stays in the queue and all are called again later, with backoff. A listener that
    must not block its tenant catches its own errors; a slow one should read with its own cursor instead.
    """

    def stored(self, batch: Batch) -> None:
        """These samples are in InfluxDB. Never empty; samples that InfluxDB permanently rejected are not among them."""


ListenerFactory = Callable[[TenantConnection], BatchListener]
listener_factories = Seam[Sequence[ListenerFactory]]("listeners to stored samples")  # they are called in this order


def listeners_of(tenant: TenantConnection) -> list[BatchListener]:
    """New listeners for one tenant's writer."""
    return [make(tenant) for make in listener_factories()]
