"""Sensors that arrivals create: each series once, and never beyond the tenant's limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from catalog import bounds
from catalog.capacity import require_capacity
from catalog.kinds import SENSORS, SITES
from catalog.models import Kind, Sensor, SeriesKey, SeriesOrigin, Site
from catalog.operations import insert, open_for_writing
from catalog.snapshot import Snapshot
from kernel.errors import Conflict
from kernel.tenancy import Limits, TenantConnection
from stores.redis.epochs import Position

UNMAPPED = "unmapped"  # the slug of the site of sensors whose site is not known
DIGEST_CHARS = 8
Reserve = Callable[[int], int]


class NewSensor(Struct, frozen=True):
    """`site`: an id, or empty for the site of unmapped sensors. `named`: site and tag identify it; without, its series
    does, and gets another tag if that one is taken. `mapped`: by a rule, so nobody needs to name it; `rule`: which one.
    """

    site: str
    tag: str
    origin: SeriesOrigin
    kind: Kind = "continuous"
    unit: str = ""
    named: bool = False
    mapped: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    """The sensors that were created, and why others were not, by series."""

    created: Sequence[NewSensor]
    refused: Mapping[SeriesKey, str]


def create_from_arrivals(
    tenant: TenantConnection, position: Position, wanted: Sequence[NewSensor], reserve: Reserve
) -> Created | None:
    """Create those that do not exist, as many as the limits allow; None, with nothing done, if the catalog is no longer
    at `position`.

    `reserve` grants a number of new series, at most as many as it is asked for; it is asked once the lock is held.
    """
    with open_for_writing(tenant) as catalog:
        if catalog.snapshot.position != position:
            return None
        missing = [new for new in wanted if not exists(catalog.snapshot, new)]
        if not missing:
            return Created((), {})
        fitting = missing[: max(0, tenant.limits.sensors - len(catalog.snapshot.sensors))]
        home = _home(catalog.snapshot)
        sites = [home] if home.id not in catalog.snapshot.sites and any(not new.site for new in fitting) else []
        try:
            require_capacity(tenant, catalog.snapshot, [*sites, *_sensors(catalog.snapshot, fitting, home.id)])
        except Conflict as full:
            return Created((), {new.origin.key: full.detail for new in missing})
        granted = reserve(len(fitting)) if fitting else 0
        if granted:
            insert(catalog.database, SITES, sites)
            insert(catalog.database, SENSORS, _sensors(catalog.snapshot, fitting[:granted], home.id))
        limits = tenant.limits
        why = hourly_limit_reached(limits) if granted < len(fitting) else sensor_limit_reached(limits)
        return Created(missing[:granted], {new.origin.key: why for new in missing[granted:]})


def home_of_unmapped(snapshot: Snapshot) -> Site | None:
    """The tenant's only site, or the one named `unmapped`; None if that does not exist yet."""
    if len(snapshot.sites) == 1:
        return next(iter(snapshot.sites.values()))
    return snapshot.site(UNMAPPED)


def _home(snapshot: Snapshot) -> Site:
    zone = next((site.timezone for site in snapshot.sites.values()), "UTC")
    description = "Sensors that were created from what arrived and whose site is not known."
    new = Site(id=SITES.new_id(), slug=UNMAPPED, name="Unmapped", timezone=zone, description=description)
    return home_of_unmapped(snapshot) or new


def exists(snapshot: Snapshot, new: NewSensor) -> bool:
    """A mapped one is known by its name only: its series may have had an unmapped sensor before."""
    return (not new.mapped and snapshot.of_series(new.origin.key) is not None) or (
        new.named and snapshot.named(SENSORS.name, new.site, new.tag) is not None
    )


def sensor_limit_reached(limits: Limits) -> str:
    return (
        f"it would be a new sensor, and the tenant may have {limits.sensors:,} (limits.sensors): delete sensors, or "
        "ask an operator for more"
    )


def hourly_limit_reached(limits: Limits) -> str:
    return (
        f"it would be a new sensor, and arrivals may create {limits.new_series_per_hour:,} per hour "
        "(limits.new_series_per_hour): send it again later, or ask an operator for more"
    )


def _sensors(snapshot: Snapshot, granted: Sequence[NewSensor], home: str) -> list[Sensor]:
    sensors: dict[tuple[str, str], Sensor] = {}
    for new in granted:
        site, tag = new.site or home, new.tag
        if (site, tag) in sensors or snapshot.named(SENSORS.name, site, tag) is not None:
            if new.named:
                continue
            tag = with_digest(tag, new.origin)
        sensors[site, tag] = _sensor(new, site, tag)
    return list(sensors.values())


def with_digest(tag: str, origin: SeriesOrigin) -> str:
    """The tag, cut to its limit and ended by a digest of the series."""
    digest = hashlib.sha256(repr(origin.key).encode()).hexdigest()[:DIGEST_CHARS]
    return f"{tag[: bounds.MAX_TAG - DIGEST_CHARS - 1]}~{digest}"


def _sensor(new: NewSensor, site: str, tag: str) -> Sensor:
    return Sensor(
        id=SENSORS.new_id(),
        site=site,
        tag=tag,
        name=tag,
        kind=new.kind,
        unit=new.unit,
        sampling="on_change" if new.kind in ("discrete", "text") else "periodic",
        unmapped=not new.mapped,
        origin=None if new.mapped else new.origin,
    )
