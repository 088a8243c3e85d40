"""Operations on definitions of runs, and on runs marked by hand."""

from __future__ import annotations

from analysis.runs import repository
from analysis.runs.checks import check_name, check_number, checked
from analysis.runs.models import MAX_SECONDS, NewRunDefinition, NewRunMark, RunDefinition, RunDefinitionChange, RunMark
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from kernel.times import parse_time


def find(tenant: TenantConnection, site: str | None) -> list[RunDefinition]:
    """Those of a site (id or slug), or all. Raises NotFound for an unknown site."""
    found = repository.find(tenant)
    if site is None:
        return found
    wanted = _site(snapshot_of(tenant), site)
    return [definition for definition in found if definition.site == wanted]


def create(tenant: TenantConnection, content: NewRunDefinition) -> RunDefinition:
    """Raises InvalidDefinition, NotFound (the site), Conflict (the name is taken, or there are too many)."""
    snapshot = snapshot_of(tenant)
    site, sound = _site(snapshot, content.site), checked(snapshot, content)

    def check(others: list[RunDefinition]) -> None:
        check_number(others)
        check_name(sound.name, site, others)

    return repository.insert(tenant, site, sound, check)


def change(tenant: TenantConnection, id: str, content: RunDefinitionChange, revision: int) -> RunDefinition:
    """Raises as `create` does, and Conflict for an outdated revision."""
    sound = checked(snapshot_of(tenant), content)

    def check(before: RunDefinition, all: list[RunDefinition]) -> None:
        check_name(sound.name, before.site, [each for each in all if each.id != id])

    return repository.change(tenant, id, revision, sound, check)


def mark(tenant: TenantConnection, id: str, content: NewRunMark, author: str) -> RunMark:
    """Raises BadRequest for an empty run, or one of more than MAX_SECONDS, NotFound, Conflict if there are too many."""
    start, end = span_of(content.start, content.end)
    if end - start > MAX_SECONDS * 1000:
        raise BadRequest(f"A marked run lasts at most {MAX_SECONDS // 86_400} days.", slug="run-too-long", field="end")
    plain = {"start": start, "end": end, "note": content.note, "author": author}
    return repository.add_mark(tenant, id, plain)


def span_of(start: str | int, end: str | int) -> tuple[int, int]:
    first, last = parse_time(str(start), "start"), parse_time(str(end), "end")
    if first >= last:
        raise BadRequest("The end of a run must be after its start.", slug="empty-range", field="end")
    return first, last


def _site(snapshot: Snapshot, name: str) -> str:
    site = snapshot.site(name)
    if site is None:
        raise NotFound(f"There is no site {name[:80]}.", slug="unknown-site", site=name[:80])
    return site.id
