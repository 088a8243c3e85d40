"""Connects runs, which are of `analysis`, with events, which only `ingest` knows."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.events import queries
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS, TimeRange


class StoredEvents:
    """Implements `analysis.runs.events.EventTimes`."""

    def find(
        self, tenant: TenantConnection, types: Sequence[str], device: str, span: TimeRange, limit: int, now_ms: int
    ) -> list[tuple[int, str, str]]:
        which = queries.which_events(span.start, span.end, now_ms, tuple(types), device)
        events = queries.page(tenant, which, limit).events
        return [(event.t // NS_PER_MS, event.type, event.device) for event in events]
