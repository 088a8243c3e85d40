"""Operations on a tenant's scans."""

from __future__ import annotations

from base64 import b64decode

from kernel.errors import BadRequest, Conflict
from kernel.ids import SCAN, new_id
from kernel.tenancy import TenantConnection
from kernel.text import plain_line
from twin import repository as schematics
from twin.conversions import converting
from twin.drafts.repository import DRAFTS
from twin.scans import repository
from twin.scans.images import BadImage, encode_again
from twin.scans.models import MAX_BYTES, MAX_NAME, MAX_SCANS, Scan
from web.stores import documents

UNUSED_MS = 24 * 3_600_000  # so old, a scan that no drawing shows makes room for others


def create(tenant: TenantConnection, name: str, image: str, *, author: str, now: int) -> Scan:
    """Raises BadImage, BadRequest (the name), ConversionsBusy, Conflict (`scans-full`)."""
    clean = plain_line(name, MAX_NAME)
    if not clean:
        raise BadRequest("name: must have a letter or digit.", parameter="name")
    with converting(tenant):
        picture = encode_again(_decoded(image))
    scan = Scan(new_id(SCAN), clean, picture.width, picture.height, len(picture.data), author, now)
    with schematics.locked_schematics(tenant), documents(tenant).exclusive(DRAFTS):
        _require_room(tenant, scan.size, now)
        repository.insert(tenant, scan, picture)
    return scan


def delete(tenant: TenantConnection, id: str) -> Scan:
    """Raises NotFound, and Conflict (`scan-in-use`) while a version or draft of a schematic shows it."""
    with schematics.locked_schematics(tenant), documents(tenant).exclusive(DRAFTS):
        found = next((scan for scan in repository.find(tenant) if scan.id == id), None)
        if found is None:
            raise repository.missing(id)
        if id in schematics.scans_in_use(tenant):
            raise Conflict(f"“{found.name}” is below a drawing, in a version or a draft.", slug="scan-in-use")
        repository.delete(tenant, [id])
    return found


def _decoded(image: str) -> bytes:
    try:
        return b64decode(image, validate=True)
    except ValueError:
        raise BadImage("is not base64.") from None


def _require_room(tenant: TenantConnection, size: int, now: int) -> None:
    """Holding the locks."""
    there = repository.find(tenant)
    if _fits(there, size):
        return
    used = schematics.scans_in_use(tenant)
    unused = [scan.id for scan in there if scan.id not in used and scan.created < now - UNUSED_MS]
    repository.delete(tenant, unused)
    if not _fits([scan for scan in there if scan.id not in unused], size):
        raise Conflict(
            f"At most {MAX_SCANS} scans, of {MAX_BYTES >> 20} MiB together, are allowed. "
            "Delete one that no drawing uses.",
            slug="scans-full",
        )


def _fits(scans: list[Scan], size: int) -> bool:
    return len(scans) < MAX_SCANS and sum(scan.size for scan in scans) + size <= MAX_BYTES
