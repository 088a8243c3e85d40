"""A dashboard, as sent, stored and returned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from kernel.ids import DASHBOARD
from web.caller import Caller
from web.collection import Collection
from workspace.fields import MAX_NAME, Duration, GivenRevision, Name, SchematicId, SensorId, ViewId
from workspace.owned.ownership import HEAD

MAX_DASHBOARDS, MAX_TILES, MAX_SENSORS, MAX_TEXT = 500, 40, 50, 2_000
COLUMNS, MAX_ROW, MAX_HEIGHT = 12, 400, 40  # of the grid

Kind = Literal["trend", "view", "values", "table", "schematic", "text"]
TileId = Annotated[str, Meta(pattern="^[a-z0-9]{1,16}$", max_length=16)]


class GivenTile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`x`, `y`, `width`, `height`: in columns (of 12) and rows of the grid.

    `trend`: the last `range` of `sensors`; `view`: a saved view; `values`: the present values of `sensors`; `table`:
    their smallest, mean and largest value over `range`; `schematic`: a drawing; `text`: what somebody wrote.
    """

    id: TileId
    kind: Kind
    x: Annotated[int, Meta(ge=0, le=COLUMNS - 1)]
    y: Annotated[int, Meta(ge=0, le=MAX_ROW)]
    width: Annotated[int, Meta(ge=1, le=COLUMNS)]
    height: Annotated[int, Meta(ge=1, le=MAX_HEIGHT)]
    title: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    sensors: Annotated[list[SensorId], Meta(max_length=MAX_SENSORS)] = []
    range: Annotated[Duration | None, Meta(description="The dashboard's, if missing")] = None
    view: ViewId | None = None
    schematic: SchematicId | None = None
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class Tile(GivenTile, frozen=True, kw_only=True):
    """As it is kept and returned: with every member."""


class DashboardContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    tiles: Annotated[list[GivenTile], Meta(max_length=MAX_TILES)] = []
    range: Annotated[Duration, Meta(description="Of tiles that have none of their own")] = "8h"
    shared: Annotated[bool, Meta(description="Visible to everyone in the tenant; otherwise only to its author")] = False
    default: Annotated[
        bool, Meta(description="The default dashboard: at most one of one's own and one of the shared ones")
    ] = False


class DashboardChange(DashboardContent, frozen=True, kw_only=True):
    """What it is to be."""

    revision: GivenRevision = None


class StoredDashboard(Struct, frozen=True, kw_only=True):
    id: str
    revision: int
    name: str
    tiles: list[Tile]
    range: str
    shared: bool
    default: bool
    owner: int
    author: str
    created: int
    changed: int
    changed_by: str


class Dashboard(Struct, frozen=True, kw_only=True):
    """Times in epoch ms. `mine`: the caller made it."""

    id: str
    revision: int
    name: str
    tiles: list[Tile]
    range: str
    shared: bool
    default: bool
    mine: bool
    author: str
    created: int
    changed: int
    changed_by: str


class DashboardInfo(Struct, frozen=True, kw_only=True):
    """Without its tiles, whose number it has."""

    id: str
    revision: int
    name: str
    tiles: int
    shared: bool
    default: bool
    mine: bool
    author: str
    changed: int


DASHBOARDS: Collection[StoredDashboard] = Collection(
    "dashboards", DASHBOARD, StoredDashboard, "dashboard", MAX_DASHBOARDS, HEAD
)


def public(stored: StoredDashboard, caller: Caller) -> Dashboard:
    fields = asdict(stored)
    return Dashboard(mine=fields.pop("owner") == caller.user_id, **fields)


def info_of(stored: StoredDashboard, caller: Caller) -> DashboardInfo:
    return DashboardInfo(
        id=stored.id,
        revision=stored.revision,
        name=stored.name,
        tiles=len(stored.tiles),
        shared=stored.shared,
        default=stored.default,
        mine=stored.owner == caller.user_id,
        author=stored.author,
        changed=stored.changed,
    )


def sensors_on(tiles: Iterable[GivenTile]) -> list[str]:
    return list(dict.fromkeys(sensor for tile in tiles for sensor in tile.sensors))
