"""How far a tenant's ladder lags behind its samples."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from catalog.snapshot import snapshot_of
from historian.rungs.rungs import ALL_TIME, finest_for
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from web.stores import marks

MAX_SENSORS_CHECKED = 500


class LadderStatus(Struct, frozen=True, kw_only=True):
    """`complete`: every closed bucket of every sensor matches its samples."""

    sensors: Annotated[int, Meta(description="Sensors of the catalog")]
    ladders: Annotated[int, Meta(description="Sensors that have a ladder; those whose interval is not known have none")]
    due: Annotated[int, Meta(description="Sensors with buckets that wait to be built: closed ones, late samples")]
    behind: Annotated[int, Meta(description="Sensors with ranges that wait: history that was loaded, a first build")]
    behind_days: Annotated[
        float | None, Meta(description="Days of sensors in those ranges; null while it is not known how many")
    ]
    complete: bool


def status_of(tenant: TenantConnection, now_ms: int) -> LadderStatus:
    counts = marks().counts(tenant.prefix, now_ms)
    known = marks().enrolled(tenant.prefix)
    sensors = snapshot_of(tenant).sensors
    lacking = any(id not in known for id, sensor in sensors.items() if finest_for(sensor) is not None)
    return LadderStatus(
        sensors=len(sensors),
        ladders=sum(1 for finest, _ in known.values() if finest),
        due=counts.due_buckets,
        behind=counts.backfill_ranges,
        behind_days=_days(tenant, counts.backfill_ranges, now_ms),
        complete=bool(counts.epoch) and not lacking and not counts.due_buckets and not counts.backfill_ranges,
    )


def _days(tenant: TenantConnection, behind: int, now_ms: int) -> float | None:
    """An estimate from the first of them, extrapolated to all."""
    if not behind:
        return 0.0
    some = marks().backfill_ranges(tenant.prefix, now_ms, MAX_SENSORS_CHECKED)
    ranges = [mark for found in marks().state(tenant.prefix, some).sensors.values() for mark in found.ranges]
    if not some or any(mark.end - mark.start >= ALL_TIME.width for mark in ranges):
        return None
    days = sum(min(mark.end, now_ms) - mark.start for mark in ranges if mark.start < now_ms) / DAY
    return round(days * behind / len(some), 1)
