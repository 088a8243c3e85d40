"""A schematic's identity as stored: its document in the database, with the list of its versions."""

from __future__ import annotations

import msgspec

from twin.models import Schematic, VersionInfo


class StoredVersion(VersionInfo, frozen=True):
    """A version as listed in the identity: with the id of its drawing's document and the drawing's digest.

    `modelled`: whether a document of that id says what feeds what in the drawing. Older versions have none.
    """

    drawing: str
    digest: str
    modelled: bool = False

    def info(self) -> VersionInfo:
        return VersionInfo(self.version, self.valid_from, self.note, self.author, self.created)


class Stored(msgspec.Struct, frozen=True):
    id: str
    site: str
    name: str
    revision: int
    versions: list[StoredVersion]

    def find(self, number: int) -> StoredVersion | None:
        return next((version for version in self.versions if version.version == number), None)

    def public(self) -> Schematic:
        return Schematic(self.id, self.site, self.name, self.revision, [version.info() for version in self.versions])
