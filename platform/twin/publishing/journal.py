"""The plan of a publication or a deletion: stored before its first step, so that a killed one is finished (ADR 81).

A schematic has at most one open plan, whose name is the schematic's id. Each step can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from catalog import drawn
from catalog.journal import executing
from catalog.models import Asset, DrawnPeriod, Link
from catalog.operations import open_for_writing
from catalog.snapshot import log_of as catalog_log
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.documents import Database
from twin import repository
from twin.derivation.timeline import Shown, in_order, periods_of
from twin.drafts import repository as drafts
from twin.drafts.models import PublishedDraft
from twin.repository import SCHEMATICS
from twin.stored import StoredVersion
from web import stream
from web.stores import documents

PLANS = "schematic_plans"
PART = 20  # versions whose connections are in memory at once: up to 2 MB each


class Publication(msgspec.Struct, frozen=True, tag="publication"):
    """A new version. Its drawing, and what that shows, are stored already."""

    schematic: str
    site: str
    name: str
    version: StoredVersion
    assets: list[Asset]  # those that did not exist
    draft: PublishedDraft | None = None  # None: it was sent without one


class Removal(msgspec.Struct, frozen=True, tag="removal"):
    """The schematic goes with all its versions; what it shows ends at `at`."""

    schematic: str
    site: str
    at: int


Plan = Publication | Removal
_decode = msgspec.json.Decoder(Plan).decode


class SchematicPlans:
    """What `catalog.journal` finishes."""

    def open(self, database: Database) -> list[str]:
        return [document["_id"] for document in database.find(PLANS, without=("plan",))]

    def finish(self, tenant: TenantConnection, name: str, wait_s: float) -> None:
        database = documents(tenant)
        with database.exclusive(SCHEMATICS, wait_s):
            finish(tenant, name)


def execute(tenant: TenantConnection, plan: Plan) -> None:
    """Store the plan, from where on it will be carried out, and do so. Holding the lock of schematics."""
    database = documents(tenant)
    database.open_plans().add(plan.schematic)
    with _changing(database, plan.schematic):
        database.insert(PLANS, {"_id": plan.schematic, "plan": msgspec.json.encode(plan).decode()})
        _carry_out(tenant, plan)


def finish(tenant: TenantConnection, schematic: str) -> None:
    """Carry out the open plan of a schematic, if there is one. Holding the lock of schematics."""
    database = documents(tenant)
    document = database.get(PLANS, schematic)
    if document is None:
        database.open_plans().remove(schematic)
        return
    with executing(), _changing(database, schematic):
        _carry_out(tenant, _decode(document["plan"]))


def drop(tenant: TenantConnection, schematic: str) -> None:
    """Ensure that there is no such schematic and no plan of it; what it shows stays, for that goes with its site."""
    database = documents(tenant)
    with database.exclusive(SCHEMATICS), repository.changing(database, schematic):
        database.delete_ids(PLANS, [schematic])
        repository.remove(tenant, schematic)


@contextmanager
def _changing(database: Database, schematic: str) -> Iterator[None]:
    """Whoever has the schematic or the catalog in memory looks again, also if this process is killed inside."""
    with repository.changing(database, schematic), catalog_log(database).changing([]):
        yield


def _carry_out(tenant: TenantConnection, plan: Plan) -> None:
    database = documents(tenant)
    if isinstance(plan, Publication):
        _carry_out_publication(tenant, database, plan)
    else:
        _carry_out_removal(tenant, plan)
    database.delete_ids(PLANS, [plan.schematic])
    database.open_plans().remove(plan.schematic)
    what = "version" if isinstance(plan, Publication) else "deleted"
    stream.publish(tenant, stream.SCHEMATICS, schematic=plan.schematic, what=what)
    stream.publish(tenant, stream.CONNECTIONS, site=plan.site, schematic=plan.schematic)


def _carry_out_publication(tenant: TenantConnection, database: Database, plan: Publication) -> None:
    if plan.site not in snapshot_of(tenant).sites:
        return  # it was deleted while the publication was interrupted
    there = repository.stored_in(database, plan.schematic)
    versions = [] if there is None else [v for v in there.versions if v.version != plan.version.version]
    periods = periods_with(tenant, plan.schematic, [*versions, plan.version])
    _redraw(tenant, plan.site, plan.schematic, periods, plan.assets)
    repository.put_version(database, plan.schematic, plan.site, plan.name, plan.version)
    if plan.draft is not None:
        drafts.end(tenant, plan.schematic, plan.draft, plan.version.version)


def _carry_out_removal(tenant: TenantConnection, plan: Removal) -> None:
    shown = drawn.drawn_by(snapshot_of(tenant), plan.schematic)
    ended = {link: [_ended(period, plan.at) for period in periods] for link, periods in shown.items()}
    _redraw(tenant, plan.site, plan.schematic, ended, [])
    repository.remove(tenant, plan.schematic)


def _redraw(tenant: TenantConnection, site: str, schematic: str, periods: drawn.Periods, assets: list[Asset]) -> None:
    with open_for_writing(tenant) as writing, documents(tenant).exclusive(SCHEMATICS) as lock:
        lock.check()
        drawn.apply_drawn(writing, drawn.plan_drawn(writing.snapshot, site, schematic, periods, assets))


def periods_with(
    tenant: TenantConnection, schematic: str, versions: list[StoredVersion], latest: frozenset[Link] | None = None
) -> dict[Link, list[DrawnPeriod]]:
    """When those versions show what. `latest`: what the last of them shows, if it is not stored yet."""
    known = {} if latest is None else {versions[-1].drawing: latest}
    return periods_of(schematic, _shown(tenant, in_order(versions), known))


def _shown(
    tenant: TenantConnection, versions: list[StoredVersion], known: dict[str, frozenset[Link]]
) -> Iterator[Shown]:
    for start in range(0, len(versions), PART):
        part = versions[start : start + PART]
        wanted = [version.drawing for version in part if version.modelled and version.drawing not in known]
        links = {**repository.links_of(tenant, wanted), **known}
        for version in part:
            yield Shown(version.version, version.valid_from, links.get(version.drawing, frozenset()))


def _ended(period: DrawnPeriod, at: int) -> DrawnPeriod:
    if period.valid_to is not None and period.valid_to <= at:
        return period
    return msgspec.structs.replace(period, valid_to=max(at, period.valid_from))
