"""Samples that were written while their sensors were deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from historian.retention.deletion import forget
from kernel.tenancy import TenantConnection
from web.stores import streams


def remove_deleted(tenant: TenantConnection, written: Mapping[str, str]) -> set[str]:
    """Call once samples of these sensors, given with their sites, are written. Returns those that were deleted in the
    meantime: a deletion clears them once more after it is recorded, so either it finds what was written, or this does.
    """
    gone = streams().deleted.among(tenant.prefix, written.keys())
    by_site: dict[str, list[str]] = defaultdict(list)
    for sensor in sorted(gone):
        by_site[written[sensor]].append(sensor)
    for site, sensors in by_site.items():
        forget(tenant, site, {"sensors": sensors})
    return gone
