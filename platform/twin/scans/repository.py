"""Scans in the document database, one document each: they move, are archived and are deleted with the tenant."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cached_property

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import SCAN, is_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from twin.scans.images import Picture
from twin.scans.models import Scan
from web.stores import documents

SCANS = "scans"


def find(tenant: TenantConnection) -> list[Scan]:
    """By name."""
    found = [_scan(document) for document in documents(tenant).find(SCANS, without=("image",))]
    return sorted(found, key=place_of)


def place_of(scan: Scan) -> str:
    return f"{scan.name.casefold()}\x1f{scan.id}"


def picture(tenant: TenantConnection, id: str) -> bytes:
    """Raises NotFound."""
    document = documents(tenant).get(SCANS, id) if is_id(id, SCAN) else None
    if document is None:
        raise missing(id)
    return b64decode(document["image"])


def insert(tenant: TenantConnection, scan: Scan, image: Picture) -> None:
    content = {name: value for name, value in msgspec.to_builtins(scan).items() if name != "id"}
    documents(tenant).insert(SCANS, {"_id": scan.id, **content, "image": b64encode(image.data).decode()})


def delete(tenant: TenantConnection, ids: list[str]) -> None:
    documents(tenant).delete_ids(SCANS, ids)


def require(database: Database, id: str) -> None:
    """Raises Conflict if it was deleted."""
    if not database.find(SCANS, {"_id": id}, without=("image",)):
        raise Conflict("The scan below the drawing was deleted in the meantime; remove it there.", slug="scan-deleted")


def missing(id: str) -> NotFound:
    return NotFound(f"There is no scan {id[:40]}.")


class Scans:
    """The ids of a tenant's scans, read when a drawing names one."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(scan.id for scan in find(self._tenant))


def _scan(document: Document) -> Scan:
    return msgspec.convert({**document, "id": document["_id"]}, Scan)
