"""Notes of cases: one document beside each case that has any, so that neither contends with the other's revision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import CASE_NOTE, new_id
from kernel.tenancy import TenantConnection
from web.attachments import LEFT_S, AttachmentKind
from web.kept_files import KeptFiles
from web.stores import documents
from work.announce import announce
from work.cases import repository
from work.cases.models import MAX_FILES, MAX_NOTES, CaseFile, CaseNote

NOTES: Final = "case_notes"
FILES = KeptFiles(AttachmentKind("cases", folder=True), CASE_NOTE, CaseFile)


def notes_of(tenant: TenantConnection, case: str) -> list[CaseNote]:
    """The oldest first."""
    document = documents(tenant).get(NOTES, case)
    return msgspec.convert(document["notes"], list[CaseNote]) if document is not None else []


def notes_as_of(tenant: TenantConnection, case: str, at: int) -> list[CaseNote]:
    """Those of then that are still there, with the files that they had."""
    then = [note for note in notes_of(tenant, case) if note.at <= at]
    return [msgspec.structs.replace(note, files=[file for file in note.files if file.created <= at]) for note in then]


def add(tenant: TenantConnection, case: str, text: str, *, author: str, now: int) -> CaseNote:
    """Raises NotFound, Conflict (too many)."""
    made = CaseNote(id=new_id(CASE_NOTE), at=now, by=author, text=text, files=[])
    _change(tenant, case, lambda notes: _added(notes, made))
    return made


def add_file(
    tenant: TenantConnection, case: str, note: str | None, name: str, content: bytes, *, author: str, now: int
) -> CaseFile:
    """To a note, or without one to a new note that has no text. Raises NotFound, BadRequest, Conflict (no room)."""
    _check_file(notes_of(tenant, repository.get(tenant, case).id), note)
    file = FILES.put(tenant, name, content, author, now)

    def attach(notes: list[CaseNote]) -> list[CaseNote]:
        if note is None:
            return _added(notes, CaseNote(id=new_id(CASE_NOTE), at=now, by=author, text="", files=[file]))
        _check_file(notes, note)
        return [msgspec.structs.replace(each, files=[*each.files, file]) if each.id == note else each for each in notes]

    try:
        _change(tenant, case, attach)
    except (NotFound, Conflict):
        FILES.remove(tenant, [file])
        raise
    FILES.settle(tenant, file)
    return file


def read_file(tenant: TenantConnection, case: str, file: str) -> tuple[CaseFile, bytes]:
    """Raises NotFound."""
    found = _file(notes_of(tenant, repository.get(tenant, case).id), file)
    return found, FILES.read(tenant, found)


def remove_file(tenant: TenantConnection, case: str, file: str) -> CaseFile:
    """A note without other content is removed with it. Raises NotFound."""
    gone: list[CaseFile] = []

    def leave_out(notes: list[CaseNote]) -> list[CaseNote]:
        gone[:] = [_file(notes, file)]
        FILES.note(tenant, gone)
        left = [msgspec.structs.replace(each, files=[one for one in each.files if one.id != file]) for each in notes]
        return [each for each in left if each.text or each.files]

    _change(tenant, case, leave_out)
    FILES.remove(tenant, gone)
    return gone[0]


def note_files(tenant: TenantConnection, cases: Iterable[str]) -> list[CaseFile]:
    """The files of cases that are about to go, which are noted: `discard` follows."""
    found = [file for case in cases for each in notes_of(tenant, case) for file in each.files]
    FILES.note(tenant, found)
    return found


def discard(tenant: TenantConnection, cases: Iterable[str], files: Iterable[CaseFile]) -> None:
    """Ensure that the notes of cases, and their files, are gone."""
    documents(tenant).delete_ids(NOTES, cases)
    FILES.remove(tenant, files)


def sweep(tenant: TenantConnection, age_s: float = LEFT_S) -> None:
    """Remove files that no note names, and notes of cases that are gone."""
    known = repository.all_of(tenant)
    left = [str(each["_id"]) for each in documents(tenant).find(NOTES, only=("revision",)) if each["_id"] not in known]
    discard(tenant, left, [])
    FILES.sweep(tenant, lambda: _all_files(tenant), age_s)


def _all_files(tenant: TenantConnection) -> Iterator[CaseFile]:
    for document in documents(tenant).find(NOTES):
        for note in msgspec.convert(document["notes"], list[CaseNote]):
            yield from note.files


def _change(tenant: TenantConnection, case: str, make: Callable[[list[CaseNote]], list[CaseNote]]) -> None:
    """Raises NotFound if there is no such case, and what `make` raises."""
    database = documents(tenant)
    with database.exclusive(NOTES):
        repository.get(tenant, case)
        stored = database.get(NOTES, case)
        notes: Any = msgspec.to_builtins(
            make(msgspec.convert(stored["notes"], list[CaseNote]) if stored is not None else [])
        )
        if stored is None:
            database.insert(NOTES, {"_id": case, "notes": notes})
        else:
            database.change(NOTES, case, lambda document: {**document, "notes": notes})
    announce(tenant, "cases", case)


def _added(notes: list[CaseNote], note: CaseNote) -> list[CaseNote]:
    if len(notes) >= MAX_NOTES:
        raise Conflict(f"The case has {MAX_NOTES} notes, as many as it may have.", slug="too-many-notes")
    return [*notes, note]


def _check_file(notes: list[CaseNote], note: str | None) -> None:
    if note is None:
        return
    found = next((each for each in notes if each.id == note), None)
    if found is None:
        raise NotFound(f"The case has no note {note[:40]}.", slug="no-such-note")
    if len(found.files) >= MAX_FILES:
        raise Conflict(f"The note has {MAX_FILES} files, as many as it may have.", slug="too-many-files")


def _file(notes: list[CaseNote], id: str) -> CaseFile:
    for note in notes:
        for file in note.files:
            if file.id == id:
                return file
    raise NotFound(f"The case has no file {id[:40]}.", slug="no-such-file")
