"""The OpenAPI operations of drafts."""

from __future__ import annotations

from typing import Any

from twin.drafts.models import Draft, DraftInfo
from twin.drafts.views import NewDraft, SavedDraft
from twin.openapi import ID, IF_MATCH, body_schema, make_operation, page_schema, schema_of
from web.openapi import describe, paging, query_parameter, response_schema


def describe_all() -> None:
    base, one = "/api/v1/schematics", "/api/v1/schematics/{id}"
    info, draft = schema_of(DraftInfo), schema_of(Draft)
    describe(base + "/drafts", "get", make_operation("drafts_list", "My drafts", page_schema(info), [
        query_parameter("site", "Only drafts of this site (id or slug)", {"type": "string"}),
        *paging(),
    ], 404))  # fmt: skip
    describe(base + "/drafts", "post", make_operation(
        "drafts_create", "Begin a new schematic, which publishing creates", draft, [], 404, 409,
        body=body_schema(NewDraft), status="201", errors=True,
    ))  # fmt: skip
    describe(one + "/drafts", "get", make_operation(
        "schematics_drafts", "Everybody's drafts of a schematic", page_schema(info), [ID, *paging()], 404
    ))  # fmt: skip
    describe(one + "/draft", "get", make_operation("drafts_read", "My draft of a schematic", draft, [ID], 404))
    saved = make_operation(
        "drafts_save", "Save my draft", info, [ID, IF_MATCH], 404, 409, body=body_schema(SavedDraft), errors=True
    )
    saved["responses"]["201"] = response_schema("The first draft", info)
    describe(one + "/draft", "put", _described(saved, (
        "The first one is saved without a revision, later ones with the `revision` that they were made from "
        "(or `If-Match`): 409 returns the draft as it is now. Only what cannot be drawn is refused."
    )))  # fmt: skip
    describe(one + "/draft", "delete", make_operation(
        "drafts_delete", "Discard my draft", None, [ID, IF_MATCH], 404, 409, status="204"
    ))  # fmt: skip


def _described(operation: dict[str, Any], description: str) -> dict[str, Any]:
    return {**operation, "description": description}
