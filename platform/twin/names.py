"""A schematic's own name, and what it may name: its site, and the assets and sensors there."""

from __future__ import annotations

from functools import cached_property

from catalog.snapshot import Snapshot
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from kernel.text import CONTROL
from twin import repository
from twin.own_symbols import operations as own_symbols
from twin.scans.repository import Scans
from twin.validation import Plant

NAME_LENGTH = 80


def site_of(snapshot: Snapshot, site: str) -> str:
    """The id of a site given by id or slug. Raises NotFound."""
    found = snapshot.site(site)
    if found is None:
        raise NotFound(f"There is no site “{site}”.")
    return found.id


def plant_of(tenant: TenantConnection, snapshot: Snapshot, site: str) -> Plant:
    """What a drawing of the site may refer to."""
    return Plant(
        schematics=_Schematics(tenant),
        scans=Scans(tenant),
        symbols=own_symbols.Symbols(tenant),
        assets={id: asset for id, asset in snapshot.assets.items() if asset.site == site},
        sensors={id: sensor for id, sensor in snapshot.sensors.items() if sensor.site == site},
    )


class _Schematics:
    """The ids of a tenant's schematics, read when a drawing refers to one."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(stored.id for stored in repository.find(self._tenant))


def checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise BadRequest(f"A schematic's name has 1 to {NAME_LENGTH} characters.", parameter="name")
    if CONTROL.search(name):
        raise BadRequest("A schematic's name must not have control characters.", parameter="name")
    return name
