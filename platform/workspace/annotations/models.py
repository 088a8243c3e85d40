"""An annotation, as sent, stored and returned."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kernel.ids import ASSET, LENGTH, SCHEMATIC, SENSOR, pattern
from web.kept_files import StoredFile
from workspace.fields import GivenRevision, GivenTime

MAX_ANNOTATIONS = 5_000  # of a tenant: they are held in memory
MAX_TEXT, MAX_LINK = 4_000, 1_000
MAX_FILES = 10  # of one annotation

Kind = Literal["sensor", "asset", "schematic"]
TargetId = Annotated[
    str,
    Meta(
        pattern=pattern(SENSOR, ASSET, SCHEMATIC),
        max_length=LENGTH + 1,
        description="The id of a sensor, an asset or a schematic",
    ),
]


class AnnotationContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`end`: of a range, after `start`; without it the annotation is about a moment."""

    target: TargetId
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    start: Annotated[GivenTime, Meta(description="Epoch ms, or ISO 8601 with a zone")]
    end: GivenTime | None = None
    link: Annotated[
        Annotated[str, Meta(pattern="^https?://[^ ]+$", max_length=MAX_LINK)] | None,
        Meta(description="An address that begins with http:// or https://"),
    ] = None


class AnnotationChange(AnnotationContent, frozen=True, kw_only=True):
    """What it is to be; its files stay."""

    revision: GivenRevision = None


class AnnotationFile(StoredFile, frozen=True, kw_only=True):
    """A file that belongs to an annotation."""


class Annotation(Struct, frozen=True, kw_only=True):
    """Times in epoch ms. `site`: of what it is about. `changed_by`: who changed it last; its author at first."""

    id: str
    revision: int
    target: str
    kind: Kind
    site: str
    text: str
    start: int
    end: int | None
    link: str | None
    files: list[AnnotationFile]
    author: str
    created: int
    changed: int
    changed_by: str

    @property
    def until(self) -> int:
        return self.start if self.end is None else self.end

    def file(self, id: str) -> AnnotationFile | None:
        return next((file for file in self.files if file.id == id), None)
