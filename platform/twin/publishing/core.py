"""How every version of a schematic is stored, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from catalog.drawn import DrawnChange, check_drawn, plan_drawn
from catalog.journal import executing
from catalog.models import Link
from catalog.operations import open_for_writing
from catalog.snapshot import Snapshot
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from twin import repository
from twin.derivation.timeline import in_order
from twin.drafts.models import PublishedDraft
from twin.models import Drawing, VersionInfo
from twin.names import plant_of
from twin.publishing import journal
from twin.publishing.models import ModelChange
from twin.publishing.plan import Model, change_of, model_of
from twin.stored import Stored, StoredVersion
from twin.validation import check_drawing
from twin.versions import valid_at
from web.stores import documents

MAX_VERSIONS = 500  # of a schematic: each publication reads what all of them show


class Request(NamedTuple):
    """A drawing to be published as a version of a schematic; `name`: None leaves it as it is.

    `check` gets the schematic as it is stored, or None, and raises what keeps this from being published.
    """

    schematic: str
    site: str
    drawing: object
    author: str
    now: int
    valid_from: int
    note: str = ""
    name: str | None = None
    draft: PublishedDraft | None = None
    check: Callable[[Stored | None], None] = lambda _: None

    def info(self, before: Stored | None) -> VersionInfo:
        last = max((version.version for version in before.versions), default=0) if before is not None else 0
        return VersionInfo(last + 1, self.valid_from, self.note, self.author, self.now)


class Prepared(NamedTuple):
    info: VersionInfo
    model: Model
    planned: DrawnChange
    change: ModelChange


def store(tenant: TenantConnection, request: Request) -> tuple[Stored, Drawing, ModelChange]:
    """The schematic with its new version, that version's drawing, and what it changed in the catalog.

    BadRequest: an invalid drawing. Conflict: the name is taken, it has MAX_VERSIONS, or the catalog is full.
    """
    database = documents(tenant)
    with database.exclusive(repository.SCHEMATICS):
        journal.finish(tenant, request.schematic)
        before = repository.stored_in(database, request.schematic)
        request.check(before)
        if before is None and request.name is None:  # it was deleted
            raise repository.missing(request.schematic)
        name = request.name or (before.name if before is not None else "")
        if before is None or name != before.name:
            repository.check_name(database, request.site, name, request.schematic)
        with open_for_writing(tenant) as writing, executing():
            prepared = prepare(tenant, writing.snapshot, request, before)
            model = prepared.model
            version = repository.insert_drawing(database, request.schematic, model.drawing, model.links, prepared.info)
            journal.execute(
                tenant,
                journal.Publication(request.schematic, request.site, name, version, model.new, request.draft),
            )
        after = repository.stored_in(database, request.schematic)
    assert after is not None
    return after, model.drawing, prepared.change


def prepare(tenant: TenantConnection, snapshot: Snapshot, request: Request, before: Stored | None) -> Prepared:
    """What publishing would do. Raises what it would."""
    former = before.versions if before is not None else []
    if len(former) >= MAX_VERSIONS:
        raise Conflict(
            f"This schematic has {MAX_VERSIONS} versions, which is the maximum. Create a new schematic from its "
            "drawing, and delete this one: its history is kept.",
            slug="too-many-versions",
        )
    plant = plant_of(tenant, snapshot, request.site)
    checked = check_drawing(request.drawing, plant)
    model, info = model_of(checked, request.site, snapshot, plant.symbols), request.info(before)
    coming = StoredVersion(
        info.version, info.valid_from, info.note, info.author, info.created, drawing="", digest="", modelled=True
    )
    periods = journal.periods_with(tenant, request.schematic, [*former, coming], frozenset(model.links))
    planned = plan_drawn(snapshot, request.site, request.schematic, periods, model.new)
    check_drawn(tenant, snapshot, planned)
    change = change_of(
        model,
        _links_at(tenant, former, info.valid_from),
        planned,
        snapshot,
        request.site,
        request.schematic,
        info.valid_from,
        next((version.valid_from for version in in_order(former) if version.valid_from > info.valid_from), None),
    )
    return Prepared(info, model, planned, change)


def _links_at(tenant: TenantConnection, versions: list[StoredVersion], at: int) -> frozenset[Link]:
    """What was shown at a moment."""
    valid = valid_at(versions, at)
    key = next((version.drawing for version in versions if valid is not None and version.version == valid.version), "")
    return repository.links_of(tenant, [key]).get(key, frozenset()) if key else frozenset()
