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
    "BadArchive",
    "Held",
    "add_bytes",
    "authenticate",
    "read_about",
    "unpack",
    "writing",
]

FORMAT = 1
SMALL_FILES = ("secrets.json", "demo.json")  # of the installation's folder, as they are; the first is always there
ABOUT = "plantrace-backup.json"
NOT_OURS = "is not a backup of Plantrace."


class Held(msgspec.Struct, frozen=True):
    """One tenant in the archive. `online`: as InfluxDB's own backup below `influx/`; else its disk as it lay there."""

    id: str
    slug: str
    disk: str
    online: bool


class About(msgspec.Struct, frozen=True):
    format: int
    created: int  # epoch ms
    keys: list[str]  # fingerprints of the keys that open the credentials in it
    tenants: list[Held]


def writing(path: Path, about: About) -> AbstractContextManager[tarfile.TarFile]:
    """A tar that appears under `path` only when it is whole and on the disk."""
    key = archive_keys.signing_key(archive_keys.INSTALLATION)
    return archives.writing(path, ABOUT, msgspec.json.encode(about), key)


def authenticate(path: Path) -> None:
    """Raises Unauthenticated unless one of FERNET_KEYS stands behind it. No database is asked: it is in the archive."""
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
