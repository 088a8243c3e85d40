"""The OpenAPI operations of sources."""

from __future__ import annotations

from catalog.responses import Invalid, Problem
from ingest.named_sources.models import NamedSource
from ingest.source_admin.models import NewSource, SourceChange, SourceConflict, SourceList
from web.openapi import describe, header_parameter, operation, paging, path_parameter

_BASE, _TAG = "/api/v1/sources", "sources"
_ID = path_parameter("id", "Id, or a kind: the source of all its senders that no other source names")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "sourcesList", "Sources: who sends, and whether it is taken", _TAG, *paging(), responses={200: SourceList},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "sourceCreate", "Name a source: what these tokens send in this way", _TAG, body=NewSource,
        responses={201: NamedSource, 400: Invalid},
        description="What its tokens send is counted separately, and mapping rules can apply to it alone.",
    ))  # fmt: skip
    document = f"{_BASE}/{{id}}"
    describe(document, "get", operation("sourceRead", "One source", _TAG, _ID, responses={200: NamedSource}))
    describe(document, "patch", operation(
        "sourceChange", "Change, pause or resume a source", _TAG, _ID, body=SourceChange,
        responses={200: NamedSource, 400: Invalid, 409: SourceConflict},
        description=(
            "While it is paused its senders are asked to retry: 503 with `Retry-After`, on `/api/v2/write` 429. "
            "Nothing they send is stored or kept in the meantime. `on_error` says what happens to a batch with items "
            "that cannot be stored. 409: it was changed in the meantime."
        ),
    ))  # fmt: skip
    describe(document, "delete", operation(
        "sourceDelete", "Delete a source", _TAG, _ID, _IF_MATCH, responses={204: None, 409: Problem},
        description="What it sends is then of its kind. 409 while a rule of the mapping names it.",
    ))  # fmt: skip
