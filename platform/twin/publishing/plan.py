"""What publishing a drawing will do, as far as it follows from the drawing and the catalog. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from catalog.drawn import DrawnChange
from catalog.kinds import ASSETS
from catalog.models import Asset, Connection, Link
from catalog.snapshot import Snapshot
from twin.derivation.derive import links_of
from twin.derivation.warnings import ModelWarning, warnings_of
from twin.models import Drawing, Placement
from twin.own_symbols.names import id_in
from twin.publishing.models import (
    AssetChanges,
    AssetShown,
    AssetToCreate,
    ConnectionChanges,
    ConnectionShown,
    End,
    ModelChange,
)
from twin.symbols import Symbol


@dataclass(frozen=True, slots=True)
class Model:
    """A drawing whose placements name assets by id, those that do not exist yet, and what feeds what."""

    drawing: Drawing
    new: list[Asset]
    links: list[Link]
    warnings: list[ModelWarning]


def model_of(
    drawing: Drawing,
    site: str,
    snapshot: Snapshot,
    symbols: Mapping[str, Symbol],
    new_id: Callable[[], str] = ASSETS.new_id,
) -> Model:
    """BadRequest (`too-many-connections`)."""
    new: dict[str, Asset] = {}
    placements = [_resolved(placement, site, snapshot, new, new_id, symbols) for placement in drawing.placements]
    resolved = msgspec.structs.replace(drawing, placements=placements)
    asset_of = assets_on(resolved)
    warnings = warnings_of(resolved, asset_of, symbols)
    return Model(resolved, list(new.values()), links_of(resolved, asset_of, symbols), warnings)


def assets_on(drawing: Drawing) -> dict[str, str]:
    """The asset of each placement that represents one."""
    return {placement.id: placement.asset for placement in drawing.placements if placement.asset is not None}


def _resolved(
    placement: Placement,
    site: str,
    snapshot: Snapshot,
    new: dict[str, Asset],
    new_id: Callable[[], str],
    symbols: Mapping[str, Symbol],
) -> Placement:
    """With the id of its asset, which is added to `new` if the site has none of that tag."""
    wanted = placement.new_asset
    if isinstance(wanted, UnsetType):
        return placement
    tag = wanted.tag.strip()
    asset = snapshot.named("assets", site, tag) or new.get(tag)
    if asset is None:
        name = tag if isinstance(wanted.name, UnsetType) else wanted.name.strip()
        kind = _type_of(placement.symbol, symbols) if isinstance(wanted.type, UnsetType) else wanted.type.strip()
        asset = new[tag] = Asset(id=new_id(), site=site, tag=tag, name=name, type=kind)
    return msgspec.structs.replace(placement, asset=asset.id, new_asset=UNSET)


def _type_of(symbol: str, symbols: Mapping[str, Symbol]) -> str:
    """The symbol's name; of a tenant's own its title, as the name changes with its version."""
    return symbols[symbol].title if id_in(symbol) else symbol


def change_of(
    model: Model,
    before: Iterable[Link],
    planned: DrawnChange,
    snapshot: Snapshot,
    site: str,
    schematic: str,
    valid_from: int,
    valid_to: int | None,
) -> ModelChange:
    """`before`: what the version that was valid until `valid_from` shows; `planned`: what becomes of the catalog."""
    show = _Presenter(snapshot, site, {asset.id: asset for asset in model.new}, schematic, valid_from)
    now = set(model.links)
    gone = set(before) - now
    created = show.present_all(link for link in now if not show.is_valid(link))
    unchanged = show.present_all(link for link in now if show.is_valid(link))
    kept = show.present_all(link for link in gone if show.stays(link))
    ended = show.present_all(link for link in gone if not show.stays(link))
    return ModelChange(
        valid_from,
        valid_to,
        _asset_changes(model, planned.assets, snapshot),
        ConnectionChanges(created, ended, unchanged, kept),
        model.warnings,
    )


class _Presenter:
    """Presents connections as of a moment before the change."""

    def __init__(self, snapshot: Snapshot, site: str, new: Mapping[str, Asset], schematic: str, at: int) -> None:
        self._snapshot, self._site, self._new, self._schematic, self._at = snapshot, site, new, schematic, at

    def __call__(self, link: Link) -> ConnectionShown:
        source, target, medium = link
        connection = self._found(link)
        if connection is None:
            return ConnectionShown(None, self._end(source), self._end(target), medium, False, [])
        by_hand, others = connection.is_manual(self._at), self._others(connection)
        return ConnectionShown(connection.id, self._end(source), self._end(target), medium, by_hand, others)

    def present_all(self, links: Iterable[Link]) -> list[ConnectionShown]:
        """By tag."""
        return sorted(map(self, links), key=lambda each: (each.source.tag, each.target.tag, each.medium))

    def is_valid(self, link: Link) -> bool:
        connection = self._found(link)
        return connection is not None and connection.is_valid(self._at)

    def stays(self, link: Link) -> bool:
        """Whether it holds without this schematic."""
        connection = self._found(link)
        return connection is not None and (connection.is_manual(self._at) or bool(self._others(connection)))

    def _found(self, link: Link) -> Connection | None:
        found = self._snapshot.named("connections", self._site, *link)
        return found if isinstance(found, Connection) else None

    def _others(self, connection: Connection) -> list[str]:
        """The other schematics that show it."""
        return [
            period.schematic
            for period in connection.drawn
            if period.schematic != self._schematic and period.covers(self._at)
        ]

    def _end(self, asset: str) -> End:
        if asset in self._new:
            return End(None, self._new[asset].tag)
        known = self._snapshot.assets.get(asset)
        return End(asset, known.tag if known is not None else asset)


def _asset_changes(model: Model, missing: Sequence[Asset], snapshot: Snapshot) -> AssetChanges:
    on: dict[str, list[str]] = {}
    for placement, asset in assets_on(model.drawing).items():
        on.setdefault(asset, []).append(placement)
    created = [AssetToCreate(asset.tag, asset.name, asset.type, on[asset.id]) for asset in missing]
    known = [snapshot.assets[id] for id in on if id in snapshot.assets]
    return AssetChanges(created, [AssetShown(asset.id, asset.tag, asset.name) for asset in known])
