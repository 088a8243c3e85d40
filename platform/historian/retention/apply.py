"""Applies retention: deletes samples and rows that are older than the tenant's or the site's setting allows.

Raw samples are deleted up to a *horizon*, a bucket boundary of the coarsest rung, so that no row covers partly deleted
samples. The horizon is stored before anything is deleted, and rows before it are never rebuilt, so it never passes a
marked bucket.
"""

from __future__ import annotations

from catalog.snapshot import snapshot_of
from historian.ladder.horizons import LOCK, change_retention
from historian.retention.settings import retention_of
from historian.rungs.rungs import COARSEST, RUNGS, finest_for, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, EARLIEST, LATEST
from stores.timeseries.deletion import delete_rows_before, delete_samples_before
from web.stores import documents, marks, writer

WAIT_S = 60.0  # for a running repair
BATCH_SIZE = 500


def apply(tenant: TenantConnection, now_ms: int) -> None:
    """Delete what is past its retention. Idempotent; if it is killed, the next run completes it."""
    for site in snapshot_of(tenant).sites:
        setting = retention_of(tenant, site)
        if setting.raw_days is not None:
            raw_from = _move_horizon(tenant, site, setting.raw_from, COARSEST.floor(now_ms - setting.raw_days * DAY))
            delete_samples_before(writer(tenant), site, raw_from)
        if setting.ladder_days is not None:
            rows_from = COARSEST.floor(now_ms - setting.ladder_days * DAY)
            for rung in RUNGS:
                delete_rows_before(writer(tenant), site, rung.name, rows_from)


def _move_horizon(tenant: TenantConnection, site: str, kept: int | None, wanted: int) -> int:
    """Advance the horizon as far as rows are up to date. Waits for a running repair, which may read what is deleted."""
    with documents(tenant).exclusive(LOCK, wait_s=WAIT_S):
        raw_from = min(wanted, COARSEST.floor(_marked_from(tenant, site, kept or EARLIEST)))
        if kept is None or raw_from > kept:
            change_retention(tenant, site, raw_from=raw_from)
        raw_from = max(raw_from, kept or raw_from)
        marks().set_horizon(tenant.prefix, site, raw_from)
    return raw_from


def _marked_from(tenant: TenantConnection, site: str, after: int) -> int:
    """The first time after `after` whose rows may not match the samples."""
    sensors = [sensor for sensor in snapshot_of(tenant).sensors.values() if sensor.site == site]
    first = LATEST
    for place in range(0, len(sensors), BATCH_SIZE):
        some = sensors[place : place + BATCH_SIZE]
        state = marks().state(tenant.prefix, [sensor.id for sensor in some])
        for sensor in some:
            known = state.sensors[sensor.id]
            if not state.epoch or (known.kind != recipe_of(sensor) and (known.finest or finest_for(sensor))):
                return EARLIEST
            marked = (mark for mark in (*known.buckets, *known.ranges) if mark.end > after)
            first = min([first, *(mark.start for mark in marked)])
    return max(first, EARLIEST)
