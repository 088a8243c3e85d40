"""A bookmark: a moment or a period, with a name."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from kernel.times import EARLIEST, LATEST, MAX_CHARS
from twin.bodies import BaseRevision, Name, Note, SiteName

Instant = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)]
START = Meta(description="Epoch ms, or ISO 8601 with a zone")
END = Meta(description="The end of a period, after `start`; null for a moment")


class Bookmark(Struct, frozen=True, kw_only=True):
    """As a reader sees it. Times in epoch ms; a private one is always the reader's own."""

    id: str
    site: str
    start: int
    end: Annotated[int | None, END]
    name: str
    note: str
    shared: Annotated[bool, Meta(description="Visible to everyone in the tenant, and any engineer may change it")]
    author: str
    created: int
    revision: int


class NewBookmark(Struct, forbid_unknown_fields=True, kw_only=True):
    """Body of POST. Nobody else sees it unless it is `shared`."""

    site: SiteName
    start: Annotated[Instant, START]
    end: Annotated[Instant | None, END] = None
    name: Name
    note: Note = ""
    shared: bool = False


class ChangedBookmark(Struct, forbid_unknown_fields=True, kw_only=True):
    """Body of PUT: all of it. Its site stays, and whether it is shared."""

    start: Annotated[Instant, START]
    end: Annotated[Instant | None, END] = None
    name: Name
    note: Note = ""
    revision: BaseRevision = None


class StoredBookmark(Struct, frozen=True, kw_only=True):
    """`owner`: a person's number, for a private one only."""

    id: str
    site: str
    start: int
    end: int | None
    name: str
    note: str
    author: str
    created: int
    revision: int
    owner: int | None = None

    @property
    def shared(self) -> bool:
        return self.owner is None

    def public(self) -> Bookmark:
        return Bookmark(
            id=self.id,
            site=self.site,
            start=self.start,
            end=self.end,
            name=self.name,
            note=self.note,
            shared=self.shared,
            author=self.author,
            created=self.created,
            revision=self.revision,
        )
