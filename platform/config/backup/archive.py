"""The archive of a whole installation."""

from __future__ import annotations

import tarfile
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from runtime import archives
from runtime.archives import BadArchive, add_bytes, unpack
from tenants import archive_keys

__all__ = [
    "FORMAT",
    "SMALL_FILES",
    "About",
    "ArchivedTenant",
    "BadArchive",
    "add_bytes",
    "authenticate",
    "read_about",
    "unpack",
    "writing",
]

FORMAT = 1
SMALL_FILES = ("secrets.json", "demo.json")  # copied from the installation's folder; the first always exists
ABOUT = "plantrace-backup.json"
NOT_OURS = "is not a backup of Plantrace."


class ArchivedTenant(msgspec.Struct, frozen=True):
    """A tenant in the archive. `online`: an InfluxDB backup below `influx/`; otherwise a copy of its disk."""

    id: str
    slug: str
    disk: str
    online: bool


class About(msgspec.Struct, frozen=True):
    format: int
    created: int  # epoch ms
    keys: list[str]  # fingerprints of the keys that decrypt its credentials
    tenants: list[ArchivedTenant]


def writing(path: Path, about: About) -> AbstractContextManager[tarfile.TarFile]:
    """A tar that appears as `path` only when it is complete and on disk."""
    key = archive_keys.signing_key(archive_keys.INSTALLATION)
    return archives.writing(path, ABOUT, msgspec.json.encode(about), key)


def authenticate(path: Path) -> None:
    """Raises Unauthenticated unless one of FERNET_KEYS signed it. Needs no database, which is in the archive."""
    archives.authenticate(path, archive_keys.known_keys(archive_keys.INSTALLATION, kept=False))


def read_about(path: Path) -> About:
    """Raises BadArchive."""
    try:
        about = msgspec.json.decode(archives.read_first(path, ABOUT, NOT_OURS), type=About)
    except msgspec.MsgspecError as error:
        raise BadArchive(f"{path} {NOT_OURS} ({error})") from None
    if about.format != FORMAT:
        raise BadArchive(f"{path} has format {about.format}; this version of Plantrace reads format {FORMAT}.")
    return about
