"""Operations on dashboards."""

from __future__ import annotations

from typing import Any

import msgspec

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from web.caller import Caller
from workspace.dashboards.models import (
    COLUMNS,
    DASHBOARDS,
    DashboardContent,
    DashboardInfo,
    GivenTile,
    StoredDashboard,
    Tile,
    info_of,
    public,
    sensors_on,
)
from workspace.fields import checked_name, wrong
from workspace.owned.operations import OwnedKind
from workspace.owned.ownership import is_visible
from workspace.saved_views.models import VIEWS
from workspace.schematics import schematics
from workspace.trend import check_sensors

MAX_TRACES = 8  # of a trend on a dashboard
NEEDED = {"view": "view", "schematic": "schematic"}  # sensors may be chosen later
ALLOWED = {
    "trend": {"sensors", "range"}, "values": {"sensors"}, "table": {"sensors", "range"}, "view": {"view", "range"},
    "schematic": {"schematic"}, "text": {"text"},
}  # fmt: skip


def find(tenant: TenantConnection, caller: Caller) -> list[DashboardInfo]:
    """The shared ones and the caller's own, by name."""
    return sorted((info_of(each, caller) for each in KIND.visible(tenant, caller)), key=place_of)


def place_of(dashboard: DashboardInfo) -> str:
    return f"{dashboard.name.casefold()}\x1f{dashboard.id}"


def _check(
    tenant: TenantConnection, caller: Caller, content: DashboardContent, before: StoredDashboard | None
) -> dict[str, Any]:
    _check_tiles(tenant, caller, content, before.tiles if before is not None else [])
    if content.shared and before is not None and not before.shared:
        _check_known_views(tenant, caller, content, before.tiles)
    return {
        "name": checked_name(content.name),
        "tiles": msgspec.to_builtins(content.tiles),
        "range": content.range,
        "shared": content.shared,
        "default": content.default,
    }


def _check_tiles(tenant: TenantConnection, caller: Caller, content: DashboardContent, before: list[Tile]) -> None:
    """Raises BadRequest. What a tile named before may be gone meanwhile."""
    snapshot, ids, sensors = snapshot_of(tenant), set[str](), set(sensors_on(before))
    views, drawings = {tile.view for tile in before}, {tile.schematic for tile in before}
    for place, tile in enumerate(content.tiles):
        field = f"tiles[{place}]"
        _check_members(tile, field)
        if tile.id in ids:
            raise wrong(f"{field}.id", f"Two tiles have the id {tile.id}.")
        ids.add(tile.id)
        if tile.x + tile.width > COLUMNS:
            raise wrong(f"{field}.width", f"The tile is wider than the {COLUMNS} columns of the grid.")
        check_sensors(tile.sensors, tenant, snapshot, sensors, f"{field}.sensors")
        if tile.view is not None and tile.view not in views:
            _check_view(tenant, caller, tile.view, content.shared, f"{field}.view")
        if tile.schematic is not None and tile.schematic not in drawings:
            _check_schematic(tenant, tile.schematic, f"{field}.schematic")


def _check_members(tile: GivenTile, field: str) -> None:
    given = {name for name in ("sensors", "range", "view", "schematic", "text") if getattr(tile, name)}
    if unfit := sorted(given - ALLOWED[tile.kind]):
        raise wrong(f"{field}.{unfit[0]}", f"A tile of the kind “{tile.kind}” has no `{unfit[0]}`.")
    needed = NEEDED.get(tile.kind)
    if needed is not None and needed not in given:
        raise wrong(f"{field}.{needed}", f"A tile of the kind “{tile.kind}” needs `{needed}`.")
    if tile.kind == "trend" and len(tile.sensors) > MAX_TRACES:
        raise wrong(f"{field}.sensors", f"A trend shows at most {MAX_TRACES} sensors.")


def _check_view(tenant: TenantConnection, caller: Caller, id: str, shared: bool, field: str) -> None:
    found = next((view for view in VIEWS.find(tenant, {"_id": id}) if is_visible(view, caller)), None)
    if found is None:
        raise wrong(field, f"There is no saved view {id}.")
    if shared and not found.shared:
        raise wrong(field, f"“{found.name}” is your own view; share it first, so that everybody sees it.")


def _check_known_views(tenant: TenantConnection, caller: Caller, content: DashboardContent, before: list[Tile]) -> None:
    """When it becomes everybody's: raises BadRequest if a view that it showed so far is one person's."""
    known = {tile.view for tile in before}
    for place, tile in enumerate(content.tiles):
        if tile.view is not None and tile.view in known and VIEWS.find(tenant, {"_id": tile.view}):
            _check_view(tenant, caller, tile.view, True, f"tiles[{place}].view")


def _check_schematic(tenant: TenantConnection, id: str, field: str) -> None:
    if schematics().site_of(tenant, id) is None:
        raise wrong(field, f"There is no schematic {id}.")


KIND = OwnedKind("dashboards", DASHBOARDS, _check, public)
