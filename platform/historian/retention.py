"""How long samples and rows are kept: for the tenant as a whole, and for a site that differs.

Raw samples go up to a *horizon*, a bucket's edge of the coarsest rung, so that no row stands for samples half gone. The
horizon is kept before anything is deleted, and rows before it are never built anew: so it does not pass what is marked.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from catalog.snapshot import snapshot_of
from historian.ladder.rungs import COARSEST, RUNGS, finest_for, measurement_of, recipe_of
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, EARLIEST, LATEST
from stores.timeseries import quoted
from stores.timeseries.statements import NS_PER_MS
from web.stores import documents, marks, writer

COLLECTION, TENANT = "retention", "tenant"
LOCK = "ladder-work"  # whoever repairs a tenant's ladder holds it
WAIT_S = 60.0  # for a repair under way
SENSORS_AT_ONCE = 500
MIN_DAYS, MAX_DAYS = 2, 36_500
Days = Annotated[
    Annotated[int, Meta(extra_json_schema={"minimum": MIN_DAYS, "maximum": MAX_DAYS})] | None,
    Meta(description=f"{MIN_DAYS} to {MAX_DAYS:,}; null: forever"),
]


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long samples are kept, and how long the rollups that long ranges are drawn from."""

    raw_days: Days = None
    ladder_days: Days = None


class RetentionAnswer(Struct, frozen=True, kw_only=True):
    """`own`: whether the site has a setting of its own; else the tenant's counts."""

    raw_days: Days
    ladder_days: Days
    own: bool
    raw_from: Annotated[int | None, Meta(description="Epoch ms: raw samples before are gone; null: none are")] = None


def retention_of(tenant: TenantConnection, site: str | None = None) -> RetentionAnswer:
    """What counts for the site, or for those without a setting of their own."""
    kept = {document["_id"]: document for document in documents(tenant).find(COLLECTION)}
    own = kept.get(site or TENANT, {})
    chosen = own if "raw_days" in own else kept.get(TENANT, {})
    return RetentionAnswer(
        raw_days=chosen.get("raw_days"),
        ladder_days=chosen.get("ladder_days"),
        own="raw_days" in own,
        raw_from=own.get("raw_from") if site else None,
    )


def set_retention(tenant: TenantConnection, wanted: Retention | None, site: str | None = None) -> RetentionAnswer:
    """Keep a setting; of a site None drops its own. It takes effect with the next daily run."""
    if wanted is not None:
        _check(wanted)
        _change(tenant, site or TENANT, raw_days=wanted.raw_days, ladder_days=wanted.ladder_days)
    elif site is not None and documents(tenant).get(COLLECTION, site) is not None:
        gone = ("raw_days", "ladder_days")
        documents(tenant).change(
            COLLECTION, site, lambda kept: {name: value for name, value in kept.items() if name not in gone}
        )
    return retention_of(tenant, site)


def apply(tenant: TenantConnection, now_ms: int) -> None:
    """Delete what is older than it may be. Run again it changes nothing; killed anywhere, it is done the next time."""
    for site in snapshot_of(tenant).sites:
        setting = retention_of(tenant, site)
        if setting.raw_days is not None:
            raw_from = _move_horizon(tenant, site, setting.raw_from, COARSEST.floor(now_ms - setting.raw_days * DAY))
            writer(tenant).execute(f"DELETE FROM {quoted(site)} WHERE time < {raw_from * NS_PER_MS}")
        if setting.ladder_days is not None:
            rows_from = COARSEST.floor(now_ms - setting.ladder_days * DAY)
            for rung in RUNGS:
                name = quoted(measurement_of(site, rung))
                writer(tenant).execute(f"DELETE FROM {name} WHERE time < {rows_from * NS_PER_MS}")


def _move_horizon(tenant: TenantConnection, site: str, kept: int | None, wanted: int) -> int:
    """As far as rows stand for the samples. A repair that began before may read what is to be deleted: wait for it."""
    with documents(tenant).exclusive(LOCK, wait_s=WAIT_S):
        raw_from = min(wanted, COARSEST.floor(_marked_from(tenant, site, kept or EARLIEST)))
        if kept is None or raw_from > kept:
            _change(tenant, site, raw_from=raw_from)
        raw_from = max(raw_from, kept or raw_from)
        marks().set_horizon(tenant.prefix, site, raw_from)
    return raw_from


def _marked_from(tenant: TenantConnection, site: str, after: int) -> int:
    """The first moment after that one whose rows may not be what the samples give."""
    sensors = [sensor for sensor in snapshot_of(tenant).sensors.values() if sensor.site == site]
    first = LATEST
    for place in range(0, len(sensors), SENSORS_AT_ONCE):
        some = sensors[place : place + SENSORS_AT_ONCE]
        state = marks().state(tenant.prefix, [sensor.id for sensor in some])
        for sensor in some:
            known = state.sensors[sensor.id]
            if not state.run or (known.kind != recipe_of(sensor) and (known.finest or finest_for(sensor))):
                return EARLIEST
            marked = (mark for mark in (*known.buckets, *known.ranges) if mark.end > after)
            first = min([first, *(mark.start for mark in marked)])
    return max(first, EARLIEST)


def load_horizons(tenant: TenantConnection) -> None:
    """After Redis lost them."""
    for kept in documents(tenant).find(COLLECTION):
        if "raw_from" in kept:
            marks().set_horizon(tenant.prefix, kept["_id"], kept["raw_from"])


def forget_site(tenant: TenantConnection, site: str) -> None:
    """Its settings go with it."""
    documents(tenant).delete_ids(COLLECTION, [site])
    marks().set_horizon(tenant.prefix, site, None)


def _change(tenant: TenantConnection, id: str, **fields: Any) -> None:
    database = documents(tenant)
    if database.get(COLLECTION, id) is None:
        database.insert(COLLECTION, {"_id": id, **fields})
    else:
        database.change(COLLECTION, id, lambda kept: {**kept, **fields})


def _check(wanted: Retention) -> None:
    for name in ("raw_days", "ladder_days"):
        days = getattr(wanted, name)
        if days is not None and not MIN_DAYS <= days <= MAX_DAYS:
            raise BadRequest(f"{name}={days} is not from {MIN_DAYS} to {MAX_DAYS:,}.", slug="bad-retention", field=name)
    if wanted.ladder_days is not None and (wanted.raw_days is None or wanted.raw_days > wanted.ladder_days):
        raise BadRequest(
            "Rollups are kept at least as long as the samples: give raw_days, no larger than ladder_days.",
            slug="bad-retention",
            field="ladder_days",
        )
