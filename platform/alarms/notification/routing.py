"""A tenant's routes, channels and shift plans in this process, as of its documents."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from alarms.notification.planning import Routing
from alarms.notification.repository import CHANNELS, PLANS, channels, plans, routes
from alarms.notification.route_order import ROUTES
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position

log = logging.getLogger(__name__)

MAX_TENANTS = 200  # in one process
Positions = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    positions: Positions
    routing: Routing


_kept: OrderedDict[str, _Kept] = OrderedDict()
_guard = threading.Lock()


def routing_of(tenant: TenantConnection) -> Routing:
    """As of now; if the documents do not answer, as last known. Unavailable if nothing is known."""
    with _guard:
        known = _kept.get(tenant.documents)
    try:
        positions = tuple(each.log_of(tenant).position() for each in (CHANNELS, ROUTES, PLANS))
        if known is None or known.positions != positions:
            known = _Kept(positions, _read(tenant))
            _keep(tenant, known)
    except Unavailable as error:
        if known is None:
            raise
        log.warning("%s: the last known routes serve: %s", tenant.slug, error.detail)
    routing = known.routing
    if any(route.match.areas or route.match.assets for route in routing.routes):
        return replace(routing, inside=_inside(tenant, routing))
    return routing


def places_of(catalog: Snapshot, asset_id: str) -> set[str]:
    """The asset, those that contain it, and the areas in which any of them is."""
    found = set[str]()
    id: str | None = asset_id
    while id is not None and id not in found and (asset := catalog.assets.get(id)) is not None:
        found.add(id)
        area_id = asset.area
        while area_id is not None and area_id not in found and (area := catalog.areas.get(area_id)) is not None:
            found.add(area_id)
            area_id = area.parent
        id = asset.parent
    return found or {asset_id}


def _read(tenant: TenantConnection) -> Routing:
    return Routing(
        routes=[route for route in routes(tenant) if route.enabled],
        channels={channel.id: channel for channel in channels(tenant)},
        plans={plan.id: plan for plan in plans(tenant)},
    )


def _inside(tenant: TenantConnection, routing: Routing) -> Callable[[str], Collection[str]]:
    try:
        catalog = snapshot_of(tenant)
    except Unavailable as error:
        log.warning("%s: areas and assets are as last known: %s", tenant.slug, error.detail)
        return routing.inside
    return lambda asset: places_of(catalog, asset)


def _keep(tenant: TenantConnection, kept: _Kept) -> None:
    with _guard:
        _kept[tenant.documents] = kept
        _kept.move_to_end(tenant.documents)
        while len(_kept) > MAX_TENANTS:
            _kept.popitem(last=False)
