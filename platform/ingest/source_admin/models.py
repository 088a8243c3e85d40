"""What the API takes and says of sources besides the sources themselves."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec import field as default

from catalog.responses import Problem
from ingest.named_sources.models import MAX_DESCRIPTION, MAX_NAME, NamedSource, OnError, Tokens
from ingest.sources.registry import SOURCES

KINDS = tuple(source.name for source in SOURCES)
Kind = Literal[KINDS]  # type: ignore[valid-type]

_Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_NAME})]
_Description = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_DESCRIPTION})]


class NewSource(Struct, frozen=True, forbid_unknown_fields=True):
    name: _Name
    kind: Kind
    tokens: Tokens = default(default_factory=list)
    description: _Description = ""
    on_error: OnError = "skip"


class SourceChange(Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that are not sent stay. Of a kind only `paused`, `on_error` and `description` can be changed."""

    name: _Name | UnsetType = UNSET
    tokens: Tokens | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    on_error: OnError | UnsetType = UNSET
    paused: Annotated[bool | UnsetType, Meta(description="True: its senders are asked to retry later")] = UNSET
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None, Meta(description="The one that you changed; any by default")
    ] = None


class SourceList(Struct, frozen=True):
    """By name; kinds, which have none, first."""

    results: list[NamedSource]
    next: str | None


SourceConflict = msgspec.defstruct(
    "SourceConflict", [("current", NamedSource | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip
