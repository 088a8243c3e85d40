"""Counts series where they are created, and once a day where they are."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

from catalog.sensors_from_arrivals import NewSensor
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position
from web.stores import streams

log = logging.getLogger(__name__)

DAY_S = 86_400
ALL, SITE, SOURCE, RULE = "all", "site:", "source:", "rule:"
MAX_REMEMBERED = 10_000
MAX_SITES = 1_000  # of which numbers are kept, those with most series

_recorded: dict[str, tuple[int, Position]] = {}  # by tenant: the day, and the catalog that was counted


def count_created(tenant: TenantConnection, created: Sequence[NewSensor], now_s: int) -> None:
    """They exist already: a count that is lost must not refuse the batch."""
    numbers = Counter(SOURCE + new.origin.source for new in created)
    numbers += Counter(RULE + new.rule for new in created if new.rule)
    try:
        streams().series_points.count(tenant.prefix, now_s // DAY_S, numbers)
    except Unavailable as error:
        log.warning("%snew series are not counted: %s", tenant.prefix, error.detail)


def record_series(tenant: TenantConnection, now_s: int) -> None:
    """Keep today's number of series of each site, unless this process has kept it. Raises Unavailable."""
    snapshot, day = snapshot_of(tenant), now_s // DAY_S
    if _recorded.get(tenant.prefix) == (day, snapshot.position):
        return
    streams().series_points.keep(tenant.prefix, day, counts_of(snapshot))
    if len(_recorded) >= MAX_REMEMBERED:
        _recorded.clear()
    _recorded[tenant.prefix] = day, snapshot.position


def counts_of(snapshot: Snapshot) -> dict[str, int]:
    """Of all sites together, and of the largest ones."""
    sites = Counter(SITE + sensor.site for sensor in snapshot.sensors.values())
    return {ALL: len(snapshot.sensors), **dict(sites.most_common(MAX_SITES))}
