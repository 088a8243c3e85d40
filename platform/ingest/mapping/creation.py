"""What a batch needs before it can be stored: sensors of new series, and numbers of new writers."""

from __future__ import annotations

import threading

from catalog.sensors_from_arrivals import create_from_arrivals, exists, hourly_limit_reached, sensor_limit_reached
from catalog.snapshot import Snapshot, snapshot_of
from ingest.mapping.models import MAX_WRITERS
from ingest.mapping.routing import Known, Needs
from ingest.series.counting import count_created
from kernel.tenancy import TenantConnection
from stores.redis.arrivals import HOUR_S
from web.stores import streams

BATCH_SIZE = 1_000  # sensors that one insert creates: others' samples wait for it
MAX_EXHAUSTED, MAX_WRITERS_KNOWN = 1_000, 20_000  # remembered in one process

_exhausted: dict[str, tuple[int, int]] = {}  # by tenant: the hour in which no more series are created, and its limit
_writers: dict[tuple[str, str], dict[str, int]] = {}
_guard = threading.Lock()


def meet(tenant: TenantConnection, catalog: Snapshot, needs: Needs, known: Known, source: str, now_s: int) -> None:
    """Create the sensors, as far as the limits allow, and number the writers; what cannot be is in `known` then.

    Nothing is created if the catalog is no longer that one, or once somebody else changes it. Raises Unavailable.
    """
    if needs.writers:
        _number(tenant, source.partition("/")[0], list(needs.writers), known)
    for key, new in needs.sensors.items():
        if exists(catalog, new):  # the batch was divided by this catalog, so another attempt would end here again
            known.refused[key] = f"there is a sensor {new.tag!r} already; send its tag exactly as it is"
    wanted = [new for key, new in needs.sensors.items() if key not in known.refused]
    if not wanted:
        return
    if why := _no_room(tenant, catalog, now_s):
        known.refused.update(dict.fromkeys(needs.sensors, why))
        return
    limit = tenant.limits.new_series_per_hour

    def reserve(count: int) -> int:
        granted = streams().arrivals.reserve(tenant.prefix, count, limit, now_s)
        if granted < count:
            _remember_exhausted(tenant, now_s)
        return granted

    position = catalog.position
    for start in range(0, len(wanted), BATCH_SIZE):
        made = create_from_arrivals(tenant, position, wanted[start : start + BATCH_SIZE], reserve)
        if made is None:
            return
        known.refused.update(made.refused)
        if made.created:
            count_created(tenant, made.created, now_s)
        if made.refused:
            known.refused.update(dict.fromkeys(
                (new.origin.key for new in wanted[start + BATCH_SIZE :]), next(iter(made.refused.values()))
            ))  # fmt: skip
            return
        position = snapshot_of(tenant).position


def known_writers(tenant: TenantConnection, kind: str) -> dict[str, int]:
    """The numbers that this process knows, of the writers of all sources of that kind."""
    with _guard:
        return dict(_writers.get((tenant.prefix, kind), ()))


def _number(tenant: TenantConnection, kind: str, writers: list[str], known: Known) -> None:
    numbers = streams().arrivals.numbers(tenant.prefix, kind, writers, MAX_WRITERS)
    found = dict(zip(writers, numbers, strict=True))
    known.writers.update(found)
    with _guard:
        if sum(map(len, _writers.values())) > MAX_WRITERS_KNOWN:
            _writers.clear()
        numbered = {writer: number for writer, number in found.items() if number >= 0}
        _writers[tenant.prefix, kind] = _writers.get((tenant.prefix, kind), {}) | numbered


def _no_room(tenant: TenantConnection, catalog: Snapshot, now_s: int) -> str:
    """Why no sensor at all can be created, as far as that is known without the catalog's lock."""
    limits = tenant.limits
    if len(catalog.sensors) >= limits.sensors:
        return sensor_limit_reached(limits)
    if _exhausted.get(tenant.prefix) == (now_s // HOUR_S, limits.new_series_per_hour):
        return hourly_limit_reached(limits)
    return ""


def _remember_exhausted(tenant: TenantConnection, now_s: int) -> None:
    with _guard:
        if len(_exhausted) >= MAX_EXHAUSTED:
            _exhausted.clear()
        _exhausted[tenant.prefix] = (now_s // HOUR_S, tenant.limits.new_series_per_hour)
