"""The bulk writer of an import, which first journals what it overwrites and what it writes."""

from __future__ import annotations

from collections import defaultdict
from types import TracebackType
from typing import Any

from ingest.bulk import BulkWriter, Times
from ingest.changes.changes import Changes
from ingest.changes.journal import Journal
from ingest.changes.samples import Samples, joined, overlay
from ingest.changes.stored import read_at
from kernel.tenancy import TenantConnection
from stores.timeseries.stored import sensors_with_samples
from web.stores import reader

PIECE = 400_000  # samples


class JournalingWriter:
    """Like `BulkWriter`, in ns. If a sensor has no samples yet, the usual case, there is nothing to read back."""

    def __init__(self, tenant: TenantConnection, journal: Journal) -> None:
        self._writer, self._store, self._journal = BulkWriter(tenant, "ns"), reader(tenant), journal
        self._waiting: dict[tuple[str, str], list[Samples]] = defaultdict(list)
        self._count = 0

    def add(self, site: str, sensor: str, t: Times, values: Any, quality: Any = None) -> None:
        if not len(t):
            return
        self._waiting[site, sensor].append(Samples.of(t, values, quality))
        self._count += len(t)
        if self._count >= PIECE:
            self._forward()

    def flush(self) -> None:
        self._forward()
        self._writer.flush()

    def __enter__(self) -> JournalingWriter:
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.flush()
        self._writer.__exit__(kind, error, trace)

    def _forward(self) -> None:
        if not self._count:
            return
        waiting, self._waiting, self._count = self._waiting, defaultdict(list), 0
        incoming = {key: joined(parts).last_of_each_time() for key, parts in waiting.items()}
        occupied = self._sensors_with_samples(incoming)
        changes = []
        for (site, sensor), new in sorted(incoming.items()):
            known = (site, sensor) in occupied
            old = read_at(self._store, site, sensor, new.t) if known else Samples.absent(new.t)
            changes.append(Changes(site, sensor, old, overlay(old, new) if known else new))
        self._journal.append(changes)
        for (site, sensor), new in incoming.items():
            has_text = new.has_text
            for rows in (has_text, ~has_text):
                part = new.take(rows)
                values = part.text.tolist() if has_text[rows].any() else part.value
                self._writer.add(site, sensor, part.t, values, part.quality)

    def _sensors_with_samples(self, incoming: dict[tuple[str, str], Samples]) -> set[tuple[str, str]]:
        spans: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for (site, sensor), new in incoming.items():
            spans[site][sensor] = int(new.t[0]), int(new.t[-1])
        return {
            (site, sensor) for site, some in spans.items() for sensor in sensors_with_samples(self._store, site, some)
        }
