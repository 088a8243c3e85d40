"""Operations on annotations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import Conflict, NotFound
from kernel.ids import ANNOTATION, ASSET, SCHEMATIC, SENSOR, is_id
from kernel.tenancy import TenantConnection
from workspace.annotations import files
from workspace.annotations.models import MAX_FILES, Annotation, AnnotationContent, AnnotationFile, Kind
from workspace.annotations.repository import ANNOTATIONS, all_of
from workspace.announce import announce
from workspace.fields import checked_time, wrong
from workspace.schematics import schematics

KIND: Final = "annotations"


def find(
    tenant: TenantConnection,
    *,
    start: int | None = None,
    end: int | None = None,
    site: str | None = None,
    targets: frozenset[str] | None = None,
    words: str = "",
) -> list[Annotation]:
    """Those that touch `start` <= t < `end`, the one that starts last first. NotFound: no such site."""
    wanted = _site(snapshot_of(tenant), site) if site is not None else None
    word = words.casefold()
    return [
        each
        for each in all_of(tenant)
        if (end is None or each.start < end)
        and (start is None or each.until >= start)
        and wanted in (None, each.site)
        and (targets is None or each.target in targets)
        and (not word or word in each.text.casefold())
    ]


def create(tenant: TenantConnection, content: AnnotationContent, *, author: str, now: int) -> Annotation:
    """Raises BadRequest, Conflict (too many)."""
    fields = _checked(tenant, content)
    by = {"files": [], "author": author, "created": now, "changed": now, "changed_by": author}
    made = ANNOTATIONS.insert(tenant, lambda _: {**fields, **by})
    announce(tenant, KIND, made.id)
    return made


def change(
    tenant: TenantConnection, id: str, content: AnnotationContent, revision: int, *, author: str, now: int
) -> tuple[Annotation, Annotation]:
    """As it was and as it is. Raises NotFound, BadRequest, Conflict (the present one as `current`)."""
    was: list[Annotation] = []

    def make(before: Annotation) -> dict[str, Any]:
        was[:] = [before]
        return {**_checked(tenant, content, before.target), "changed": now, "changed_by": author}

    after = ANNOTATIONS.change(tenant, id, revision, make)
    announce(tenant, KIND, id)
    return was[0], after


def delete(tenant: TenantConnection, id: str, revision: int | None) -> Annotation:
    """With its files."""
    gone = ANNOTATIONS.delete(tenant, id, revision, lambda going: files.note(tenant, going.files))
    announce(tenant, KIND, id)
    files.remove(tenant, gone.files)
    return gone


def delete_of(tenant: TenantConnection, targets: Iterable[str], sites: Iterable[str]) -> None:
    """Ensure that nothing is noted about what is gone."""
    of, at = frozenset(targets), frozenset(sites)

    def note_files(going: list[Annotation]) -> None:
        files.note(tenant, _files_of(going))

    gone = ANNOTATIONS.delete_where(tenant, lambda each: each.target in of or each.site in at, note_files)
    for each in gone:
        announce(tenant, KIND, each.id)
    files.remove(tenant, _files_of(gone))


def add_file(
    tenant: TenantConnection, id: str, name: str, content: bytes, *, author: str, now: int
) -> tuple[Annotation, AnnotationFile]:
    """Raises NotFound, BadRequest, Conflict (too many, or no room)."""
    _check_room(ANNOTATIONS.get(tenant, id))
    made = files.put(tenant, name, content, author, now)

    def add(before: Annotation) -> dict[str, Any]:
        _check_room(before)
        return {"files": msgspec.to_builtins([*before.files, made])}

    try:
        changed = ANNOTATIONS.change(tenant, id, None, add)
    except (NotFound, Conflict):
        files.remove(tenant, [made])
        raise
    announce(tenant, KIND, id)
    files.settle(tenant, made)
    return changed, made


def read_file(tenant: TenantConnection, id: str, file: str) -> tuple[AnnotationFile, bytes]:
    """Raises NotFound."""
    found = _file_of(ANNOTATIONS.get(tenant, id), file)
    return found, files.read(tenant, found)


def remove_file(tenant: TenantConnection, id: str, file: str) -> AnnotationFile:
    """Raises NotFound."""
    gone: list[AnnotationFile] = []

    def leave_out(before: Annotation) -> dict[str, Any]:
        gone[:] = [_file_of(before, file)]
        files.note(tenant, gone)
        return {"files": msgspec.to_builtins([each for each in before.files if each.id != file])}

    ANNOTATIONS.change(tenant, id, None, leave_out)
    announce(tenant, KIND, id)
    files.remove(tenant, gone)
    return gone[0]


def _files_of(annotations: list[Annotation]) -> list[AnnotationFile]:
    return [file for annotation in annotations for file in annotation.files]


def _file_of(annotation: Annotation, id: str) -> AnnotationFile:
    found = annotation.file(id) if is_id(id, ANNOTATION) else None
    if found is None:
        raise NotFound(f"The annotation has no file {id[:40]}.", slug="no-such-file")
    return found


def _check_room(annotation: Annotation) -> None:
    if len(annotation.files) >= MAX_FILES:
        raise Conflict(f"An annotation has at most {MAX_FILES} files; remove one first.", slug="too-many-files")


def _checked(tenant: TenantConnection, content: AnnotationContent, known: str = "") -> dict[str, Any]:
    """The content's fields as stored. `known`: its target so far, which may be gone meanwhile."""
    if not (text := content.text.strip()):
        raise wrong("text", "An annotation needs a text.")
    start = checked_time(content.start, "start")
    end = None if content.end is None else checked_time(content.end, "end")
    if end is not None and end <= start:
        raise wrong("end", "`end` must be after `start`; leave it out for a moment.")
    own = {"target": content.target, "text": text, "start": start, "end": end, "link": content.link}
    found = _place_of(tenant, content.target)
    if found is None:
        if content.target == known:
            return own
        raise wrong("target", f"There is no sensor, asset or schematic {content.target}.")
    kind, site = found
    return {**own, "kind": kind, "site": site}


def _place_of(tenant: TenantConnection, target: str) -> tuple[Kind, str] | None:
    """What it is, and its site's id."""
    snapshot = snapshot_of(tenant)
    if is_id(target, SENSOR) and (sensor := snapshot.sensors.get(target)) is not None:
        return "sensor", sensor.site
    if is_id(target, ASSET) and (asset := snapshot.assets.get(target)) is not None:
        return "asset", asset.site
    if is_id(target, SCHEMATIC) and (site := schematics().site_of(tenant, target)) is not None:
        return "schematic", site
    return None


def _site(snapshot: Snapshot, site: str) -> str:
    if (found := snapshot.site(site)) is None:
        raise NotFound(f"There is no site {site[:40]}.", slug="unknown-site")
    return found.id
