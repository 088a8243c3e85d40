"""The OpenAPI operations of cases and reliability."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from catalog.responses import Invalid, Problem
from web.kept_files import MAX_FILE_BYTES, MAX_FILE_NAME
from web.openapi import TIME, describe, header_parameter, operation, paging, path_parameter, query_parameter
from web.openapi.files import returns_file, takes_file
from work.cases.models import (
    KINDS,
    MAX_KEY,
    STATES,
    Case,
    CaseChange,
    CaseList,
    CaseNoteContent,
    CaseWithNotes,
    NewCase,
    PersonList,
)
from work.http.parameters import FORMATS, MAX_SEARCH
from work.plans.models import MAX_TYPE
from work.reliability.models import Reliability

CASES, TAG = "/api/v1/cases", "work"
IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
SITE = query_parameter("site", "Only of this site (id or slug)", {"type": "string", "minLength": 1})
ASSET = query_parameter("asset", "Only of this asset (its id) and of what it contains", {
    "type": "string", "minLength": 1,
})  # fmt: skip
FORMAT: dict[str, Any] = {"type": "string", "enum": list(FORMATS), "default": FORMATS[0]}
AT = query_parameter("at", "As of this moment; now if missing", TIME)
_ID, _FILE = path_parameter("id", "A case's id"), path_parameter("file", "A file's id")

CaseConflict = msgspec.defstruct(
    "CaseConflict", [("current", Case | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def text(maximum: int) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": maximum}


def declare() -> None:
    listing = operation(
        "casesList", "Cases: open ones first, the overdue before others; then the closed, the last one first", TAG,
        query_parameter("q", "Words in number, title, texts, and names of asset, sensor and device", text(MAX_SEARCH)),
        query_parameter("state", f"Only these, separated by commas: {', '.join(STATES)}", text(100)),
        query_parameter("kind", f"Only these, separated by commas: {', '.join(KINDS)}", text(100)),
        SITE, ASSET,
        query_parameter("without_site", "Only those that belong to no site", {"type": "boolean", "default": False}),
        query_parameter("sensor", "Only of this sensor (its id)", text(MAX_KEY)),
        query_parameter("device", "Only of this device (its id)", text(MAX_KEY)),
        query_parameter("alarm", "Only of this alarm (its key)", text(MAX_KEY)),
        query_parameter("plan", "Only of this maintenance plan (its id)", text(MAX_KEY)),
        query_parameter("campaign", "Only of this campaign (its id)", text(MAX_KEY)),
        query_parameter("assigned", "me, none, or the id of a member", text(MAX_KEY)),
        query_parameter("overdue", "Only those that are open after their due date", {
            "type": "boolean", "default": False,
        }),
        AT,
        query_parameter("format", "csv: a line for each; the next page is in the header `X-Next-Page`", FORMAT),
        *paging(), responses={200: CaseList, 404: Problem},
    )  # fmt: skip
    listing["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    describe(CASES, "get", listing)
    describe(CASES, "post", operation(
        "caseCreate", "Open a case", TAG, body=NewCase, responses={201: Case, 400: Invalid, 409: Problem},
        description="409: the tenant has as many as it may have.",
    ))  # fmt: skip
    describe(f"{CASES}/people", "get", operation(
        "casePeople", "Whom cases may be assigned to", TAG, responses={200: PersonList},
    ))  # fmt: skip
    one = f"{CASES}/{{id}}"
    describe(one, "get", operation(
        "caseRead", "One case with its notes", TAG, _ID,
        query_parameter("at", "As of this moment; 404 if it was not open yet", TIME), responses={200: CaseWithNotes},
    ))  # fmt: skip
    describe(one, "put", operation(
        "caseChange", "Change a case, or its state", TAG, _ID, IF_MATCH, body=CaseChange,
        responses={200: Case, 400: Invalid, 409: CaseConflict},
        description="409: it was changed; `current` is the stored version. A case is cancelled, not deleted.",
    ))  # fmt: skip
    describe(f"{one}/notes", "post", operation(
        "caseNote", "Add a note to a case", TAG, _ID, body=CaseNoteContent,
        responses={201: CaseWithNotes, 400: Invalid, 409: Problem},
        description="409: it has as many as it may have.",
    ))  # fmt: skip
    _declare_files(one)
    _declare_reliability()


def _declare_files(one: str) -> None:
    adding = operation(
        "caseAddFile", "Add a photo or another file to a case", TAG, _ID,
        query_parameter("name", "The file's name", text(MAX_FILE_NAME), required=True),
        query_parameter("note", "The note that it belongs to; a new one without a text if missing", text(40)),
        responses={201: CaseWithNotes, 400: Invalid, 409: Problem},
        description=(
            f"The body is the file: up to {MAX_FILE_BYTES:,} bytes of any kind. 409: the note has as many files as it "
            "may have, or the tenant has no more room for attachments."
        ),
    )  # fmt: skip
    takes_file(adding, MAX_FILE_BYTES)
    describe(f"{one}/files", "post", adding)
    reading = operation(
        "caseFileRead", "A file of a case", TAG, _ID, _FILE, responses={200: {}},
        description="Always as an attachment to be saved, never as something to be shown.",
    )  # fmt: skip
    returns_file(reading)
    describe(f"{one}/files/{{file}}", "get", reading)
    describe(f"{one}/files/{{file}}", "delete", operation(
        "caseFileRemove", "Remove a file of a case", TAG, _ID, _FILE, responses={204: None},
        description="A note without other content is removed with it.",
    ))  # fmt: skip


def _declare_reliability() -> None:
    reading = operation(
        "reliabilityRead", "MTBF and MTTR of an asset, of a type, or of all that has cases", TAG,
        query_parameter("asset", "Of this asset (its id) with what it contains", {"type": "string", "minLength": 1}),
        query_parameter("type", "Of all assets of this type", text(MAX_TYPE)),
        SITE,
        query_parameter("from", "Not before; a year before `to` if missing", TIME),
        query_parameter("to", "Before; now if missing", TIME),
        query_parameter("format", "csv: a line for each asset", FORMAT),
        responses={200: Reliability, 404: Problem},
        description="From cases with `failure`. Formulas: EN 15341, ISO 14224, IEC 60605-4, IEC 61649.",
    )  # fmt: skip
    reading["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    describe("/api/v1/reliability", "get", reading)
