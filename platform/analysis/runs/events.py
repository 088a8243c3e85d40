"""When events happened. Another package has them, and is connected here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.runs.finding import Happened
from kernel.seams import Seam
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange


class EventTimes(Protocol):
    def find(
        self, tenant: TenantConnection, types: Sequence[str], device: str, span: TimeRange, limit: int, now_ms: int
    ) -> list[tuple[int, str, str]]:
        """Time in ms, type and device, of the newest `limit` at most."""


event_times = Seam[EventTimes]("times of events")


def happened(
    tenant: TenantConnection, start: str, end: str, device: str, span: TimeRange, limit: int, now_ms: int
) -> list[Happened]:
    """Those of one type start a run of their device, those of the other end it."""
    found = event_times().find(tenant, [start, end], device, span, limit, now_ms)
    return [Happened(t, of, starts=type == start) for t, type, of in found]
