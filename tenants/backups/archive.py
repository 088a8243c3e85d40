"""The archive of one tenant: what it was (never a credential), its documents, its samples as InfluxDB backs them up,
and the attachments of its events.

plantrace-tenant.json          About
documents/<collection>.bson    as stored in the database
influx/                        InfluxDB's portable backup
attachments/<day>              long texts of events (tenants.backups.attachments)
"""

from __future__ import annotations

import tarfile
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from runtime import archives
from runtime.archives import BadArchive
from runtime.signing import Signature, SigningKey, why_not_ours
from tenants import archive_keys

FORMAT = 1
ABOUT, DOCUMENTS, SAMPLES, SUFFIX = "plantrace-tenant.json", "documents", "influx", ".bson"
NOT_OURS = "is not a backup of a tenant."


class About(msgspec.Struct, frozen=True):
    """`id` is the archive's own. `created` in epoch ms. `shards`: how many hold samples."""

    format: int
    id: str
    created: int
    tenant: str
    slug: str
    name: str
    release: str
    limits: dict[str, int]
    size: dict[str, int]
    shards: int


def writing(path: Path, about: About, key: SigningKey | None = None) -> AbstractContextManager[tarfile.TarFile]:
    """`key`: that of the tenant's archives, if this process cannot derive it."""
    key = key or archive_keys.signing_key(archive_keys.of_tenant(about.tenant))
    return archives.writing(path, ABOUT, msgspec.json.encode(about), key)


def authenticate(path: Path) -> None:
    """Raises Unauthenticated unless this installation wrote it, for the tenant that it names."""
    about = read_about(path)
    archives.authenticate_by(path, lambda signature: why_not_of(about.tenant, signature))


def why_not_of(tenant: str, signature: Signature) -> str:
    """Why it is not an archive that we wrote for that tenant; empty if it is."""
    return why_not_ours(signature, archive_keys.known_keys(archive_keys.of_tenant(tenant)))


def read_about(path: Path) -> About:
    """Raises BadArchive."""
    try:
        about = msgspec.json.decode(archives.read_first(path, ABOUT, NOT_OURS), type=About)
    except msgspec.MsgspecError as error:
        raise BadArchive(f"{path} {NOT_OURS} ({error})") from None
    if about.format != FORMAT:
        raise BadArchive(f"{path} has format {about.format}; this version of Plantrace reads format {FORMAT}.")
    return about
