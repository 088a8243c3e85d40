"""The last sample of many sensors within a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.rungs.sensors import is_text
from kernel.tenancy import TenantConnection
from stores.samples import LastSamples, Sample, SampleSource, Window
from stores.samples.requests import MIN_SENSORS_FOR_SITE

SiteSize = Callable[[str], int]  # number of sensors of a site
Group = tuple[str, bool]  # site, and whether the sensors have texts: the scope of one request


def read_last(
    source: SampleSource, sensors: Sequence[Sensor], window: Window, site_size: SiteSize
) -> dict[str, Sample]:
    """The last sample of each sensor that has one, in one round trip."""
    requests = [
        LastSamples(site, text, ids, window, site_size=size_if_many(site, ids, site_size))
        for (site, text), ids in by_site(sensors).items()
    ]
    return {sensor: sample for last in source.read(requests) for sensor, sample in last.samples.items()}


def size_if_many(site: str, ids: Sequence[str], site_size: SiteSize) -> int:
    """The size of the site, counted only if it matters."""
    return site_size(site) if len(ids) > MIN_SENSORS_FOR_SITE else 0


def by_site(sensors: Sequence[Sensor]) -> dict[Group, list[str]]:
    groups: dict[Group, list[str]] = defaultdict(list)
    for sensor in sensors:
        groups[sensor.site, is_text(sensor)].append(sensor.id)
    return groups


def site_sizes(tenant: TenantConnection) -> SiteSize:
    """A function that counts the sensors of a site in the tenant's catalog."""
    return lambda site: sum(1 for sensor in snapshot_of(tenant).sensors.values() if sensor.site == site)
