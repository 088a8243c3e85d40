"""Operations that change schematics."""

from __future__ import annotations

from typing import Any

from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from twin import repository
from twin.models import Drawing, Schematic, SchematicVersion, VersionInfo
from twin.repository import Stored
from twin.resolve import resolve_tags
from twin.validation import Plant, check_drawing

ALWAYS = 0  # `valid_from` of a drawing that has always been valid


def create(
    tenant: TenantConnection,
    site: str,
    name: str,
    drawing: Any,
    *,
    author: str,
    now: int,
    valid_from: int | None = None,
    note: str = "",
) -> SchematicVersion:
    """Create a schematic for a site (id or slug). Without `valid_from` its first version has always been valid.

    Raises NotFound (no such site), BadRequest (invalid name or drawing) or Conflict (the name is taken).
    """
    snapshot = snapshot_of(tenant)
    site_id = site_of(snapshot, site)
    checked = check_drawing(drawing, plant_of(snapshot, site_id))
    first = VersionInfo(1, ALWAYS if valid_from is None else valid_from, note, author, now)
    stored = repository.insert(tenant, site_id, _checked_name(name), checked, first)
    return _with_drawing(stored.public(), checked)


def add_version(
    tenant: TenantConnection,
    id: str,
    drawing: Any,
    *,
    author: str,
    now: int,
    revision: int | None,
    valid_from: int | None = None,
    note: str = "",
    name: str | None = None,
) -> SchematicVersion:
    """Add a version, valid from `valid_from` (default: now); earlier versions stay unchanged.

    Raises NotFound, BadRequest (invalid name or drawing) or Conflict (outdated revision).
    """
    stored = repository.get(tenant, id)
    checked = check_drawing(drawing, plant_of(snapshot_of(tenant), stored.site))
    begins = now if valid_from is None else valid_from

    def make(before: Stored) -> VersionInfo:
        number = max((version.version for version in before.versions), default=0) + 1
        return VersionInfo(number, begins, note, author, now)

    checked_name = None if name is None else _checked_name(name)
    after = repository.add_version(tenant, id, checked, make, checked_name, revision)
    return _with_drawing(after.public(), checked)


def delete(tenant: TenantConnection, id: str, revision: int | None = None) -> Schematic:
    """Delete a schematic with all its versions, and return it. Raises NotFound, and Conflict as `add_version` does."""
    return repository.delete(tenant, id, revision).public()


def ensure_schematic(
    tenant: TenantConnection,
    site: str,
    name: str,
    drawing: dict[str, Any],
    valid_from: int,
    *,
    now: int,
    author: str = "",
    note: str = "",
) -> Schematic:
    """Ensure that the site has a schematic of that name with this drawing among its versions. Idempotent.

    The drawing may name sensors and assets by tag instead of id.
    """
    snapshot = snapshot_of(tenant)
    site_id = site_of(snapshot, site)
    plant = plant_of(snapshot, site_id)
    resolved = resolve_tags(drawing, plant)
    there = next((stored for stored in repository.find(tenant, site_id) if stored.name == name), None)
    if there is None:
        created = create(tenant, site_id, name, resolved, author=author, now=now, valid_from=valid_from, note=note)
        return repository.get(tenant, created.id).public()
    digest = repository.digest_of(check_drawing(resolved, plant))
    if any(version.digest == digest for version in there.versions):
        return there.public()
    add_version(
        tenant, there.id, resolved, author=author, now=now, revision=there.revision, valid_from=valid_from, note=note
    )
    return repository.get(tenant, there.id).public()


def site_of(snapshot: Snapshot, site: str) -> str:
    """The id of a site given by id or slug. Raises NotFound."""
    found = snapshot.site(site)
    if found is None:
        raise NotFound(f"There is no site “{site}”.")
    return found.id


def plant_of(snapshot: Snapshot, site: str) -> Plant:
    """The assets and sensors that a drawing of the site may refer to."""
    return Plant(
        assets={id: asset for id, asset in snapshot.assets.items() if asset.site == site},
        sensors={id: sensor for id, sensor in snapshot.sensors.items() if sensor.site == site},
    )


def _with_drawing(schematic: Schematic, drawing: Drawing) -> SchematicVersion:
    s = schematic
    return SchematicVersion(s.id, s.site, s.name, s.revision, s.versions, s.versions[-1], drawing)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= repository.NAME_LENGTH:
        raise BadRequest(f"A schematic's name has 1 to {repository.NAME_LENGTH} characters.", parameter="name")
    return name
