"""Operations that change schematics."""

from __future__ import annotations

from typing import Any

from catalog.journal import executing
from catalog.snapshot import snapshot_of
from kernel.errors import Conflict
from kernel.ids import SCHEMATIC, new_id
from kernel.tenancy import TenantConnection
from twin import repository
from twin.models import Schematic, SchematicVersion
from twin.names import checked_name, plant_of, site_of
from twin.publishing import journal
from twin.publishing.core import Request, store
from twin.publishing.operations import ALWAYS, with_drawing
from twin.resolve import resolve_tags
from twin.stored import Stored
from twin.validation import check_drawing
from web.stores import documents


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
    site_id, begins = site_of(snapshot_of(tenant), site), ALWAYS if valid_from is None else valid_from
    request = Request(new_id(SCHEMATIC), site_id, drawing, author, now, begins, note, checked_name(name))
    stored, checked, _ = store(tenant, request)
    return with_drawing(tenant, stored, checked)


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
    site, begins = repository.get(tenant, id).site, now if valid_from is None else valid_from
    new_name = None if name is None else checked_name(name)

    def check(before: Stored | None) -> None:
        _require(before, id, revision)

    request = Request(id, site, drawing, author, now, begins, note, new_name, check=check)
    stored, checked, _ = store(tenant, request)
    return with_drawing(tenant, stored, checked)


def delete(tenant: TenantConnection, id: str, now: int, revision: int | None = None) -> Schematic:
    """Delete a schematic with all its versions, and return it. What it shows ends now.

    Raises NotFound, and Conflict as `add_version` does.
    """
    database = documents(tenant)
    with database.exclusive(repository.SCHEMATICS):
        journal.finish(tenant, id)
        gone = _require(repository.stored_in(database, id), id, revision)
        with executing():
            journal.execute(tenant, journal.Removal(id, gone.site, now))
    return gone.public()


def _require(stored: Stored | None, id: str, revision: int | None) -> Stored:
    """NotFound; Conflict, with the schematic as `current`, if its revision is another."""
    if stored is None:
        raise repository.missing(id)
    if revision is not None and stored.revision != revision:
        raise Conflict(
            f"This is revision {stored.revision}; your change was made from revision {revision}.",
            slug="stale-revision",
            current=stored.public(),
        )
    return stored


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
    plant = plant_of(tenant, snapshot, site_id)
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
