"""Files that people attach, in the store of events' attachments: each in a folder of its own, named after its id."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from django.http import HttpResponse
from msgspec import Struct

from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import new_id
from kernel.tenancy import TenantConnection
from web.attachments import LEFT_S, AttachmentKind, root_of
from web.stores import attachments

MAX_FILE_BYTES, MAX_FILE_NAME = 5 << 20, 120


class StoredFile(Struct, frozen=True, kw_only=True):
    """`created` in epoch ms; `digest` is part of the name of its content."""

    id: str
    name: str
    bytes: int
    digest: str
    author: str
    created: int


File = TypeVar("File", bound=StoredFile)


@dataclass(frozen=True, slots=True)
class KeptFiles(Generic[File]):
    """Those of one kind. `id_kind`: of their ids."""

    kind: AttachmentKind
    id_kind: str
    model: type[File]

    def put(self, tenant: TenantConnection, name: str, content: bytes, author: str, now: int) -> File:
        """Stored before a document names it, which is then said by `settle`. Raises BadRequest, Conflict (no room)."""
        if not content:
            raise _wrong("", "The file is empty.")
        checked = checked_file_name(name)
        if attachments() is None:
            raise Conflict("There is no place for files here: set EVENT_ATTACHMENTS.", slug="no-files")
        id, digest = new_id(self.id_kind), digest_of(content)
        made = self.model(id=id, name=checked, bytes=len(content), digest=digest, author=author, created=now)
        if not self.kind.put(tenant, {_key(made): content}):
            raise Conflict(
                "There is no room for the file: the tenant's limit of attachments is reached.", slug="no-room"
            )
        return made

    def settle(self, tenant: TenantConnection, file: File) -> None:
        """A document names it."""
        self.kind.settle(tenant, [_key(file)])

    def read(self, tenant: TenantConnection, file: File) -> bytes:
        """Raises NotFound."""
        if (blobs := attachments()) is None:
            raise NotFound("There is no place for files here.", slug="no-files")
        return blobs.get(f"{root_of(tenant)}/{_key(file)}")

    def note(self, tenant: TenantConnection, files: Iterable[File]) -> None:
        """The document that names them is about to go, or to name them no longer: `remove` follows."""
        self.kind.note(tenant, [_key(file) for file in files])

    def remove(self, tenant: TenantConnection, files: Iterable[File]) -> None:
        """Ensure that they are not there."""
        if sizes := {_key(file): file.bytes for file in files}:
            self.kind.remove(tenant, sizes)

    def sweep(self, tenant: TenantConnection, named: Callable[[], Iterable[File]], age_s: float = LEFT_S) -> None:
        """Remove those that were stored so long ago, or should have been removed then, and that are not `named`."""

        def decide(left: Mapping[str, float]) -> dict[str, bool]:
            used = {file.id for file in named()}
            return {id: id in used for id in left}

        self.kind.sweep(tenant, decide, age_s)


def file_response(name: str, content: bytes) -> HttpResponse:
    """To be saved, never shown: somebody's browser would run what is in it."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def checked_file_name(name: str) -> str:
    """The last part of a path. BadRequest if nothing is left of it."""
    text = name.replace("\\", "/").rpartition("/")[2].strip()
    if text in ("", ".", "..") or any(ord(each) < 32 or ord(each) == 127 for each in text):
        raise _wrong("name", f"`name` is the file's name: 1 to {MAX_FILE_NAME} characters in one line.")
    return text


def digest_of(content: bytes) -> str:
    """As events' attachments are named, for the same archives hold both."""
    return hashlib.sha256(content).hexdigest()[:40]


def _wrong(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])


def _key(file: StoredFile) -> str:
    return f"{file.id}/{file.digest}"
