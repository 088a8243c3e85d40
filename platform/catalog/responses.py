"""Responses and bodies that are not documents themselves, for the OpenAPI schema."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.bounds import MAX_ITEMS, MAX_NAMED
from catalog.kinds import KINDS
from catalog.models import Asset, Connection, Id, Sensor
from catalog.payloads import DRAFTS, SensorName
from catalog.units import CommonUnit


class Problem(Struct, rename={"kind": "type"}):
    """What was wrong and what would be valid (RFC 9457)."""

    kind: str
    title: str
    status: int
    detail: str


class FieldError(Struct):
    field: str
    message: str


class ItemError(Struct):
    field: str
    message: str
    index: Annotated[
        int | UnsetType, Meta(description="The item's place in the call, from 0; not there for the call itself")
    ] = UNSET


class Invalid(Problem, rename={"kind": "type"}):
    """All errors of one document; without `errors` if the body as a whole is invalid."""

    errors: list[FieldError] | UnsetType = UNSET


class InvalidItems(Problem, rename={"kind": "type"}):
    """All errors of a bulk call, at most 1000; nothing of it was written."""

    errors: list[ItemError] | UnsetType = UNSET
    wrong: Annotated[int | UnsetType, Meta(description="Items that are wrong")] = UNSET


class Accepted(Struct):
    job: Annotated[Id, Meta(description="GET /api/v1/jobs/{id} shows its progress")]


class Reached(Struct, frozen=True):
    """An asset that feeds, or is fed by, another."""

    asset: Asset
    distance: Annotated[int, Meta(description="Connections in between, by the shortest way")]
    connection: Annotated[Connection, Meta(description="The one by which it was reached first")]


class ReachedList(Struct, frozen=True):
    results: list[Reached]


class NamedSensors(Struct, frozen=True):
    results: Annotated[list[Sensor], Meta(description="In the order of the items")]


SensorNames = msgspec.defstruct(
    "SensorNames",
    [("items", Annotated[list[SensorName], Meta(extra_json_schema={"minItems": 1, "maxItems": MAX_NAMED})])],  # type: ignore[valid-type]
    module=__name__,
)


class UnitList(Struct, frozen=True):
    results: list[CommonUnit]


def _list_of(item: type[Struct], name: str) -> type[Struct]:
    described = Annotated[int, Meta(description="All that match, over all pages")]
    following = Annotated[str | None, Meta(description="Address of the next page")]
    fields: list[Any] = [("results", list[item]), ("next", following), ("count", described)]  # type: ignore[valid-type]
    return msgspec.defstruct(name, fields, module=__name__)


def _bulk_of(name: str) -> type[Struct]:
    draft = DRAFTS[name]
    return msgspec.defstruct(
        f"{draft.__name__.removesuffix('Draft')}Bulk",
        [("items", Annotated[list[draft], Meta(extra_json_schema={"maxItems": MAX_ITEMS})])],  # type: ignore[valid-type]
        module=__name__,
    )


_Counts = dict[str, Any] | UnsetType


def _conflict_of(model: type[Struct]) -> type[Struct]:
    """The 409 of a change: the document as it is now."""
    return msgspec.defstruct(
        f"{model.__name__}Conflict",
        [
            ("current", model | UnsetType, UNSET),
            (
                "dependents",
                Annotated[_Counts, Meta(description="What depends on it, by kind")],
                UNSET,
            ),
            ("hanging", Annotated[_Counts, Meta(description="Deprecated, removed in 0.3: see dependents")], UNSET),
        ],
        bases=(Problem,),
        rename={"kind": "type"},
        kw_only=True,
        module=__name__,
    )


LISTS = {name: _list_of(kind.model, f"{kind.model.__name__}List") for name, kind in KINDS.items()}
BULKS = {name: _bulk_of(name) for name in KINDS}
CONFLICTS = {name: _conflict_of(kind.model) for name, kind in KINDS.items()}
