"""The OpenAPI operations of saved views and dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter

IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


@dataclass(frozen=True, slots=True)
class OwnedSchemas:
    """What is sent to create and to change one, and returned for one and for all."""

    content: Any
    change: Any
    one: Any
    many: Any


def describe_owned(address: str, name: str, noun: str, schemas: OwnedSchemas, *parameters: Any) -> None:
    """`name`: the beginning of the operations' ids; `noun`: in sentences; `parameters`: of the list."""
    tag, id = f"{noun}s", path_parameter("id", f"A {noun}'s id")
    conflict = _conflict_of(schemas.one)
    describe(address, "get", operation(
        f"{name}sList", f"The tenant's shared {noun}s and one's own", tag, *parameters, *paging(),
        responses={200: schemas.many},
    ))  # fmt: skip
    describe(address, "post", operation(
        f"{name}Create", f"Create a {noun}", tag, body=schemas.content,
        responses={201: schemas.one, 400: Invalid, 409: Problem},
        description="409: you or the tenant have the maximum number, or all of them together are too large.",
    ))  # fmt: skip
    one = f"{address}/{{id}}"
    describe(one, "get", operation(f"{name}Read", f"One {noun}", tag, id, responses={200: schemas.one}))
    describe(one, "put", operation(
        f"{name}Change", f"Change a {noun}", tag, id, IF_MATCH, body=schemas.change,
        responses={200: schemas.one, 400: Invalid, 409: conflict},
        description="409: it was changed in the meantime, and `current` is the stored version; or it has no room.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        f"{name}Delete", f"Delete a {noun}", tag, id, IF_MATCH, responses={204: None, 409: conflict},
    ))  # fmt: skip


def _conflict_of(one: Any) -> Any:
    members: Sequence[Any] = [("current", one | UnsetType, UNSET)]
    return msgspec.defstruct(
        f"{one.__name__}Conflict", members, bases=(Problem,), rename={"kind": "type"}, kw_only=True,
        module=one.__module__,
    )  # fmt: skip
