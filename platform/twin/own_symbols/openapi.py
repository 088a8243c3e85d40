"""The OpenAPI operations of tenants' own symbols."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog.responses import Invalid, Problem
from twin.openapi import IF_MATCH
from twin.own_symbols.models import OwnSymbol, SymbolChange, SymbolContent
from web.openapi import describe, operation, paging, path_parameter

_BASE, _TAG = "/api/v1/symbols", "schematics"
_ID = path_parameter("id", "A symbol's id")


class SymbolList(Struct, frozen=True):
    """By name."""

    results: list[OwnSymbol]
    next: str | None


SymbolConflict = msgspec.defstruct(
    "SymbolConflict", [("current", OwnSymbol | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip
SymbolInUse = msgspec.defstruct(
    "SymbolInUse", [("schematics", list[str] | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "symbolsList", "The tenant's own symbols", _TAG, *paging(), responses={200: SymbolList},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "symbolCreate", "Add an own symbol, from an SVG", _TAG, body=SymbolContent,
        responses={201: OwnSymbol, 400: Invalid, 409: Problem},
        description=(
            "The SVG is not kept: its shapes are rebuilt from a list of allowed elements and attributes. Scripts, "
            "style sheets, images, references and entities are refused. 409: the name is taken, or there are 200."
        ),
    ))  # fmt: skip
    document = f"{_BASE}/{{id}}"
    describe(document, "get", operation(
        "symbolRead", "One own symbol with its latest shape", _TAG, _ID, responses={200: OwnSymbol},
    ))  # fmt: skip
    describe(document, "put", operation(
        "symbolChange", "Add a version of an own symbol", _TAG, _ID, body=SymbolChange,
        responses={200: OwnSymbol, 400: Invalid, 409: SymbolConflict},
        description="Drawings keep their version. 409: it was changed in the meantime, or the name is taken.",
    ))  # fmt: skip
    describe(document, "delete", operation(
        "symbolDelete", "Delete an own symbol that no schematic shows", _TAG, _ID, IF_MATCH,
        responses={204: None, 409: SymbolInUse}, description="409 while any version of a schematic shows it.",
    ))  # fmt: skip
