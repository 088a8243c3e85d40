"""Connections that drawings show: what one schematic's versions say becomes part of the catalog, whole.

The periods of a schematic follow from its versions alone, so applying them twice changes nothing, and a drawing that is
published for a past date corrects what the schematic said before. What is by hand, and what other schematics show,
stays. Nothing is deleted: a connection that was never right, as is known now, keeps a period of no length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from catalog.capacity import require_capacity
from catalog.kinds import CONNECTIONS
from catalog.models import Asset, Connection, DrawnPeriod, Link, Model
from catalog.operations import Writing, write_together
from catalog.snapshot import Snapshot
from kernel.tenancy import TenantConnection

Periods = Mapping[Link, Sequence[DrawnPeriod]]


@dataclass(slots=True)
class DrawnChange:
    """What becomes of the catalog. `changed` are (before, after)."""

    assets: list[Asset] = field(default_factory=list)
    created: list[Connection] = field(default_factory=list)
    changed: list[tuple[Model, Model]] = field(default_factory=list)


def plan_drawn(
    snapshot: Snapshot,
    site: str,
    schematic: str,
    periods: Periods,
    assets: Sequence[Asset] = (),
    new_id: Callable[[], str] = CONNECTIONS.new_id,
) -> DrawnChange:
    """`periods`: when the schematic shows what; `assets`: those that it needs, of which some may exist. Pure."""
    change = DrawnChange(assets=_missing(snapshot, assets))
    known = {id for id, asset in snapshot.assets.items() if asset.site == site} | {a.id for a in change.assets}
    open_ = {link: list(shown) for link, shown in periods.items() if link.source in known and link.target in known}
    for connection in snapshot.connections.values():
        if connection.site == site:
            after = _redrawn(connection, schematic, open_.pop(_link_of(connection), []))
            if after != connection:
                change.changed.append((connection, after))
    for (source, target, medium), shown in open_.items():
        change.created.append(
            Connection(id=new_id(), site=site, source=source, target=target, medium=medium, by_hand=False, drawn=shown)
        )
    return change


def check_drawn(tenant: TenantConnection, snapshot: Snapshot, change: DrawnChange) -> None:
    """CatalogFull if it does not fit."""
    require_capacity(tenant, snapshot, [*change.assets, *change.created], change.changed)


def apply_drawn(writing: Writing, change: DrawnChange) -> None:
    """Write it, in one change of the catalog."""
    write_together(
        writing,
        created={"assets": change.assets, "connections": change.created},
        changed={"connections": change.changed},
    )


def drawn_by(snapshot: Snapshot, schematic: str) -> dict[Link, list[DrawnPeriod]]:
    """What the catalog has of the schematic."""
    found: dict[Link, list[DrawnPeriod]] = {}
    for connection in snapshot.connections.values():
        if periods := [period for period in connection.drawn if period.schematic == schematic]:
            found[_link_of(connection)] = periods
    return found


def _missing(snapshot: Snapshot, assets: Sequence[Asset]) -> list[Asset]:
    """Those whose id and tag are free. A tag that somebody else took while a publication was interrupted is theirs."""
    return [
        asset
        for asset in assets
        if asset.id not in snapshot.assets and snapshot.named("assets", asset.site, asset.tag) is None
    ]


def _redrawn(connection: Connection, schematic: str, shown: list[DrawnPeriod]) -> Connection:
    former = [period for period in connection.drawn if period.schematic == schematic]
    if former == shown:
        return connection
    others = [period for period in connection.drawn if period.schematic != schematic]
    if not shown and not others and not connection.by_hand:
        first = former[0]
        shown = [msgspec.structs.replace(first, valid_to=first.valid_from)]
    drawn = sorted([*others, *shown], key=lambda period: (period.valid_from, period.schematic))
    return msgspec.structs.replace(connection, drawn=drawn)


def _link_of(connection: Connection) -> Link:
    return Link(connection.source, connection.target, connection.medium)
