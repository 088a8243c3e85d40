"""Files of annotations, in the store of events' attachments: each in a folder of its own, named after its id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from kernel.errors import Conflict, NotFound
from kernel.ids import ANNOTATION, new_id
from kernel.tenancy import TenantConnection
from web.attachments import LEFT_S, AttachmentKind, root_of
from web.stores import attachments
from workspace.annotations.models import MAX_FILE_NAME, AnnotationFile
from workspace.annotations.repository import ANNOTATIONS
from workspace.fields import wrong

FILES = AttachmentKind("annotations", folder=True)


def put(tenant: TenantConnection, name: str, content: bytes, author: str, now: int) -> AnnotationFile:
    """Stored before an annotation names it, which is then said by `settle`. Raises BadRequest, Conflict (no room)."""
    if not content:
        raise wrong("", "The file is empty.")
    checked = checked_file_name(name)
    if attachments() is None:
        raise Conflict("There is no place for files here: set EVENT_ATTACHMENTS.", slug="no-files")
    made = AnnotationFile(
        id=new_id(ANNOTATION), name=checked, bytes=len(content), digest=digest_of(content), author=author, created=now
    )
    if not FILES.put(tenant, {_key(made): content}):
        raise Conflict("There is no room for the file: the tenant's limit of attachments is reached.", slug="no-room")
    return made


def settle(tenant: TenantConnection, file: AnnotationFile) -> None:
    """An annotation names it."""
    FILES.settle(tenant, [_key(file)])


def read(tenant: TenantConnection, file: AnnotationFile) -> bytes:
    """Raises NotFound."""
    if (blobs := attachments()) is None:
        raise NotFound("There is no place for files here.", slug="no-files")
    return blobs.get(f"{root_of(tenant)}/{_key(file)}")


def note(tenant: TenantConnection, files: Iterable[AnnotationFile]) -> None:
    """The annotation that names them is about to go, or to name them no longer: `remove` follows."""
    FILES.note(tenant, [_key(file) for file in files])


def remove(tenant: TenantConnection, files: Iterable[AnnotationFile]) -> None:
    """Ensure that they are not there."""
    if sizes := {_key(file): file.bytes for file in files}:
        FILES.remove(tenant, sizes)


def sweep(tenant: TenantConnection, age_s: float = LEFT_S) -> None:
    """Remove files that were stored so long ago, or should have been removed then, and that no annotation names."""

    def decide(left: Mapping[str, float]) -> dict[str, bool]:
        used = {file.id for annotation in ANNOTATIONS.find(tenant) for file in annotation.files}
        return {id: id in used for id in left}

    FILES.sweep(tenant, decide, age_s)


def checked_file_name(name: str) -> str:
    """The last part of a path. BadRequest if nothing is left of it."""
    text = name.replace("\\", "/").rpartition("/")[2].strip()
    if text in ("", ".", "..") or any(ord(each) < 32 or ord(each) == 127 for each in text):
        raise wrong("name", f"`name` is the file's name: 1 to {MAX_FILE_NAME} characters in one line.")
    return text


def digest_of(content: bytes) -> str:
    """As events' attachments are named, for the same archives hold both."""
    return hashlib.sha256(content).hexdigest()[:40]


def _key(file: AnnotationFile) -> str:
    return f"{file.id}/{file.digest}"
