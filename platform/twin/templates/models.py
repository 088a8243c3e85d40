"""A template, as sent, stored and returned."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from catalog.bounds import MAX_TAG
from kernel.ids import TEMPLATE
from twin.bodies import BaseRevision, Name
from twin.models import Drawing
from web.collection import Collection

MAX_TEMPLATES = 200  # of a tenant
MAX_TEMPLATE_BYTES = 64 << 10

MainAsset = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_TAG)] | None,
    Meta(description="The tag of the asset that it was drawn for, which is replaced where it is placed"),
]


class NewTemplate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`drawing`: only its parts matter, not its size."""

    name: Name
    asset: MainAsset = None
    drawing: Any


class TemplateChange(NewTemplate, frozen=True, kw_only=True):
    """What it is to be."""

    revision: BaseRevision = None


class StoredTemplate(Struct, frozen=True, kw_only=True):
    """`drawing` as text: FerretDB refuses lists of lists."""

    id: str
    revision: int
    name: str
    asset: str | None
    drawing: str
    author: str
    changed: int

    def public(self) -> Template:
        drawing = msgspec.json.decode(self.drawing, type=Drawing)
        return Template(self.id, self.revision, self.name, self.asset, drawing, self.author, self.changed)


class Template(Struct, frozen=True):
    """`changed` in epoch ms, by `author`."""

    id: str
    revision: int
    name: str
    asset: str | None
    drawing: Drawing
    author: str
    changed: int


TEMPLATES: Collection[StoredTemplate] = Collection(
    "schematic_templates", TEMPLATE, StoredTemplate, "template", MAX_TEMPLATES, ("name",)
)
