"""A draft: one person's unpublished drawing of a schematic."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from twin.models import Drawing


class DraftInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A draft without its drawing. Times in epoch ms."""

    schematic: Annotated[str, Meta(description="The schematic's id; publishing a new one creates it under this id")]
    site: str
    name: str
    new: Annotated[bool, Meta(description="There is no such schematic yet")]
    author: str
    mine: bool
    base: Annotated[int | None, Meta(description="Number of the version it was made from; null if new")]
    started: int
    saved: int
    revision: int
    size: Annotated[int, Meta(description="Bytes of the drawing's JSON")]


class Draft(DraftInfo, frozen=True, kw_only=True):
    drawing: Drawing


class PublishedDraft(msgspec.Struct, frozen=True):
    """The draft that became a version: whose it was, and at which revision."""

    owner: int
    revision: int


class StoredDraft(msgspec.Struct, frozen=True, kw_only=True):
    """As stored, but for its drawing. `renamed`: its author gave the schematic another name."""

    schematic: str
    site: str
    name: str
    new: bool
    owner: int
    author: str
    base: int | None
    started: int
    saved: int
    revision: int
    size: int
    renamed: bool = False

    def info(self, reader: int) -> DraftInfo:
        """As `reader` (a person's id) sees it."""
        return DraftInfo(
            schematic=self.schematic,
            site=self.site,
            name=self.name,
            new=self.new,
            author=self.author,
            mine=self.owner == reader,
            base=self.base,
            started=self.started,
            saved=self.saved,
            revision=self.revision,
            size=self.size,
        )
