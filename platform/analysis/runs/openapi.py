"""The OpenAPI operations of runs."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from analysis.runs.models import (
    NewRunDefinition,
    NewRunMark,
    Overlay,
    OverlayQuery,
    RunDefinition,
    RunDefinitionChange,
    RunList,
    RunMark,
)
from catalog.responses import Invalid, Problem
from historian.http.openapi import END, START
from web.openapi import describe, header_parameter, operation, paging, path_parameter, query_parameter

_BASE, _TAG = "/api/v1/run-definitions", "runs"
_ID = path_parameter("id", "A definition's id")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


class RunDefinitionList(Struct, frozen=True):
    """By name."""

    results: list[RunDefinition]
    next: str | None


RunDefinitionConflict = msgspec.defstruct(
    "RunDefinitionConflict", [("current", RunDefinition | UnsetType, UNSET)], bases=(Problem,),
    rename={"kind": "type"}, kw_only=True, module=__name__,
)  # fmt: skip


def declare() -> None:
    describe(_BASE, "get", operation(
        "runDefinitionsList", "Definitions of runs", _TAG,
        query_parameter("site", "Only those of this site (id or slug)", {"type": "string", "minLength": 1}),
        *paging(), responses={200: RunDefinitionList, 404: Problem},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "runDefinitionCreate", "Define runs", _TAG, body=NewRunDefinition,
        responses={201: RunDefinition, 400: Invalid, 404: Problem, 409: Problem},
        description="409: the name is taken, or there are 200.",
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "get", operation(
        "runDefinitionRead", "A definition of runs", _TAG, _ID, responses={200: RunDefinition, 404: Problem},
    ))  # fmt: skip
    describe(one, "put", operation(
        "runDefinitionChange", "Change a definition of runs", _TAG, _ID, _IF_MATCH, body=RunDefinitionChange,
        responses={200: RunDefinition, 400: Invalid, 404: Problem, 409: RunDefinitionConflict},
    ))  # fmt: skip
    describe(one, "delete", operation(
        "runDefinitionDelete", "Delete a definition of runs, and those marked for it", _TAG, _ID, _IF_MATCH,
        responses={204: None, 404: Problem, 409: RunDefinitionConflict},
    ))  # fmt: skip
    describe(f"{one}/runs", "get", operation(
        "runs", "The runs of a range with their figures, compared with the best", _TAG, _ID, START, END,
        responses={200: RunList, 404: Problem, 409: Problem},
        description="The newest 100. Found when they are asked for, so late samples and corrections count.",
    ))  # fmt: skip
    describe(f"{one}/marks", "post", operation(
        "runMark", "Mark a run by hand", _TAG, _ID, body=NewRunMark,
        responses={201: RunMark, 400: Problem, 404: Problem, 409: Problem},
    ))  # fmt: skip
    describe(f"{_BASE}/{{runs}}/marks/{{id}}", "delete", operation(
        "runUnmark", "Remove a run marked by hand", _TAG,
        path_parameter("runs", "A definition's id"), path_parameter("id", "The mark's id"),
        responses={204: None, 404: Problem},
    ))  # fmt: skip
    describe("/api/v1/runs/overlay", "post", operation(
        "runsOverlay", "A sensor in several runs, on a common start", _TAG, body=OverlayQuery,
        responses={200: Overlay, 400: Problem, 404: Problem, 409: Problem},
    ))  # fmt: skip
