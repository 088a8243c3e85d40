"""Operations on cases."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import msgspec

from catalog.snapshot import snapshot_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from work.announce import announce
from work.cases import notes, repository
from work.cases.maintained import maintained
from work.cases.models import Case, CaseContent, CaseWithNotes, Downtime, GivenDowntime, NewCase
from work.cases.progress import moved, opened, progress_of
from work.cases.subjects import Subject, assigned_to, subject_of
from work.fields import CaseKind, Person, Priority, checked_moment, checked_title, wrong
from work.seams import seams

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that the platform, or somebody for a campaign, opens."""

    title: str
    description: str
    kind: CaseKind
    priority: Priority
    subject: Subject
    assigned: Person | None
    due: int | None
    suppress: bool = False
    plan: str | None = None
    campaign: str | None = None


def create(tenant: TenantConnection, content: NewCase, *, author: str, now: int) -> Case:
    """Raises BadRequest, Conflict (too many)."""
    began, ended = _moment(content.began, "began"), _moment(content.ended, "ended")
    at = _moment(content.opened, "opened")
    if at is not None and at > now:
        raise wrong("opened", "`opened` is in the future.")
    if at is None:
        at = min(moment for moment in (now, began, ended) if moment is not None)
    fields = _fields(tenant, content, None, now)
    fields |= moved(opened(at, author), content.state, began, ended, author, now).members()
    fields |= {"opened": at, "opened_by": author, "plan": None, "campaign": None, "changed": now, "changed_by": author}
    made, _ = repository.insert(tenant, lambda number: msgspec.to_builtins({**fields, "number": number}))
    _changed(tenant, made, now, made)
    return made


def open_once(tenant: TenantConnection, id: str, opening: Opening, *, author: str, now: int) -> tuple[Case, bool]:
    """Ensure that there is a case of this id; whether it is new. Raises Conflict (too many)."""
    fields: dict[str, Any] = {
        "title": opening.title, "description": opening.description, "kind": opening.kind,
        "priority": opening.priority, **_subject_members(opening.subject), "assigned": opening.assigned,
        "due": opening.due, "failure": False, "downtime": None, "suppress": opening.suppress, "what_was_done": "",
        **opened(now, author).members(), "opened": now, "opened_by": author, "plan": opening.plan,
        "campaign": opening.campaign, "changed": now, "changed_by": author,
    }  # fmt: skip
    made, is_new = repository.insert(tenant, lambda number: msgspec.to_builtins({**fields, "number": number}), id)
    if is_new:
        announce(tenant, "cases", made.id)
    return made, is_new


def change(
    tenant: TenantConnection, id: str, content: CaseContent, revision: int | None, *, author: str, now: int
) -> tuple[Case, Case]:
    """As it was and as it is. Raises NotFound, BadRequest, Conflict (the present one as `current`)."""
    was: list[Case] = []

    def make(before: Case) -> dict[str, Any]:
        was[:] = [before]
        began, ended = _moment(content.began, "began"), _moment(content.ended, "ended")
        fields = {name: getattr(before, name) for name in Case.__struct_fields__ if name not in ("id", "revision")}
        fields |= _fields(tenant, content, before, now)
        fields |= moved(progress_of(before), content.state, began, ended, author, now).members()
        plain: dict[str, Any] = msgspec.to_builtins({**fields, "changed": now, "changed_by": author})
        return plain

    after = repository.change(tenant, id, revision, make)
    _changed(tenant, after, now, was[0], after)
    return was[0], after


def with_notes(tenant: TenantConnection, case: Case, at: int | None = None) -> CaseWithNotes:
    """`at`: as it was then. Raises NotFound if it was not open yet."""
    found = case if at is None else repository.one_as_of(tenant, case, at)
    its = notes.notes_of(tenant, case.id) if at is None else notes.notes_as_of(tenant, case.id, at)
    return CaseWithNotes(**{name: getattr(found, name) for name in Case.__struct_fields__}, notes=its)


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    """Ensure that there are no cases of a site that is gone."""
    files: list[Any] = []

    def note_files(going: list[str]) -> None:
        files[:] = notes.note_files(tenant, going)

    gone = repository.delete_where(tenant, lambda case: case.site == site, note_files)
    notes.discard(tenant, gone, files)
    for id in gone:
        announce(tenant, "cases", id)


def unassign_left(tenant: TenantConnection, now: int) -> None:
    """Ensure that no open case is assigned to somebody who is no member any more."""

    def is_assigned(case: Case) -> bool:
        return case.is_open and case.assigned is not None

    assigned = {case.assigned.id for case in repository.all_of(tenant).values() if is_assigned(case) and case.assigned}
    if not assigned or not (left := assigned - seams().people.ids(tenant)):
        return

    nobody = {"assigned": None, "changed": now, "changed_by": ""}

    def is_theirs(case: Case) -> bool:
        return is_assigned(case) and case.assigned is not None and case.assigned.id in left

    for id in repository.change_many(tenant, is_theirs, lambda _: nobody):
        announce(tenant, "cases", id)


def suppress_alerts(tenant: TenantConnection, now: int) -> None:
    """Ensure that other systems' alerts are suppressed at the assets that are being worked on, and at no others."""
    seams().alarms.suppress_alerts(tenant, maintained(tenant), now)


def _changed(tenant: TenantConnection, case: Case, now: int, *versions: Case) -> None:
    """What follows from a change, which is stored: if it fails, the periodic task makes up for it."""
    announce(tenant, "cases", case.id)
    if any(each.suppress for each in versions):
        try:
            suppress_alerts(tenant, now)
        except Unavailable as error:
            log.warning("%s: alerts are suppressed later: %s", tenant.slug, error.detail)


def _fields(tenant: TenantConnection, content: CaseContent, before: Case | None, now: int) -> dict[str, Any]:
    subject = subject_of(tenant, snapshot_of(tenant), content, before)
    if content.suppress and subject.asset is None:
        raise wrong("suppress", "Only a case of an asset suppresses alarms: say which one.")
    return {
        "title": checked_title(content.title, "title"),
        "description": content.description,
        "kind": content.kind,
        "priority": content.priority,
        **_subject_members(subject),
        "assigned": assigned_to(tenant, content.assigned, before.assigned if before else None),
        "due": _moment(content.due, "due"),
        "failure": content.failure,
        "downtime": _downtime(content.downtime, now),
        "suppress": content.suppress,
        "what_was_done": content.what_was_done,
    }


def _subject_members(subject: Subject) -> dict[str, Any]:
    names = ("site", "asset", "asset_type", "sensor", "device", "alarm")
    return {name: getattr(subject, name) for name in names}


def _downtime(given: GivenDowntime | None, now: int) -> Downtime | None:
    if given is None:
        return None
    start = checked_moment(given.start, "downtime.start")
    end = None if given.end is None else checked_moment(given.end, "downtime.end")
    if start > now:
        raise wrong("downtime.start", "The downtime begins in the future.")
    if end is not None and end < start:
        raise wrong("downtime.end", "The downtime ends before it begins.")
    if end is not None and end > now:
        raise wrong("downtime.end", "The downtime ends in the future: leave `end` out while it lasts.")
    return Downtime(start=start, end=end)


def _moment(given: int | str | None, field: str) -> int | None:
    return None if given is None else checked_moment(given, field)
