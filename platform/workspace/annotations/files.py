"""Files of annotations, in the store of events' attachments: each in a folder of its own, named after its id."""

from __future__ import annotations

import hashlib

from kernel.errors import Conflict, NotFound
from kernel.ids import ANNOTATION, new_id
from kernel.tenancy import TenantConnection
from web.stores import attachments, event_types
from workspace.annotations.models import MAX_FILE_NAME, AnnotationFile
from workspace.fields import wrong


def put(tenant: TenantConnection, name: str, content: bytes, author: str, now: int) -> AnnotationFile:
    """Stored before an annotation names it. Raises BadRequest, Conflict (no room)."""
    if not content:
        raise wrong("", "The file is empty.")
    checked = checked_file_name(name)
    if (blobs := attachments()) is None:
        raise Conflict("There is no place for files here: set EVENT_ATTACHMENTS.", slug="no-files")
    size = len(content)
    if not event_types().reserve(tenant.prefix, size, tenant.limits.event_attachment_bytes):
        raise Conflict("There is no room for the file: the tenant's limit of attachments is reached.", slug="no-room")
    made = AnnotationFile(
        id=new_id(ANNOTATION), name=checked, bytes=size, digest=digest_of(content), author=author, created=now
    )
    try:
        blobs.put(_key(tenant, made), content)
    except BaseException:
        event_types().release(tenant.prefix, size)
        raise
    return made


def read(tenant: TenantConnection, file: AnnotationFile) -> bytes:
    """Raises NotFound."""
    if (blobs := attachments()) is None:
        raise NotFound("There is no place for files here.", slug="no-files")
    return blobs.get(_key(tenant, file))


def remove(tenant: TenantConnection, *files: AnnotationFile) -> None:
    """Ensure that they are not there. A tenant's own pod has no access to them."""
    if (blobs := attachments()) is None:
        return
    for file in files:
        blobs.remove(f"{_root(tenant)}/{file.id}")
        event_types().release(tenant.prefix, file.bytes)


def checked_file_name(name: str) -> str:
    """The last part of a path. BadRequest if nothing is left of it."""
    text = name.replace("\\", "/").rpartition("/")[2].strip()
    if text in ("", ".", "..") or any(ord(each) < 32 or ord(each) == 127 for each in text):
        raise wrong("name", f"`name` is the file's name: 1 to {MAX_FILE_NAME} characters in one line.")
    return text


def digest_of(content: bytes) -> str:
    """As events' attachments are named, for the same archives hold both."""
    return hashlib.sha256(content).hexdigest()[:40]


def _key(tenant: TenantConnection, file: AnnotationFile) -> str:
    return f"{_root(tenant)}/{file.id}/{file.digest}"


def _root(tenant: TenantConnection) -> str:
    return tenant.disk or tenant.id
