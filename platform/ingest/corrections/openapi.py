"""The OpenAPI operations of corrections, and of undoing an import, which makes one."""

from __future__ import annotations

from typing import Any

from ingest.corrections.models import Correction, CorrectionList, NewCorrection, NewUndo
from web.openapi import describe, operation, paging, path_parameter

_ID = path_parameter("id", "Its id")


def describe_all() -> None:
    base, one = "/api/v1/corrections", "/api/v1/corrections/{id}"
    describe(base, "get", operation(
        "corrections_list", "List corrections, newest first", "corrections", *paging(), answers={200: CorrectionList}
    ))  # fmt: skip
    describe(base, "post", operation(
        "corrections_create",
        "Delete, shift, swap or convert stored samples, or count what that would change",
        "corrections",
        body=NewCorrection, answers={202: Correction},
        description=(
            "Answers at once; the work is done in the background. Samples that are deleted or overwritten are "
            "kept for 30 days, during which `…/undo` brings them back."
        ),
    ))  # fmt: skip
    describe(one, "get", operation(
        "corrections_read", "One correction: state, progress, counts", "corrections", _ID,
        answers={200: Correction},
    ))  # fmt: skip
    describe(one + "/start", "post", operation(
        "corrections_start", "Do what a finished dry run counted", "corrections", _ID, answers={202: Correction}
    ))  # fmt: skip
    describe(one + "/cancel", "post", operation(
        "corrections_cancel", "End a correction; what it has changed stays, and can be undone", "corrections", _ID,
        answers={200: Correction},
    ))  # fmt: skip
    describe(one + "/undo", "post", _undo(
        "corrections_undo", "Bring back the samples that a correction deleted or changed", "corrections",
        "Samples that have been written since stay as they are. Possible for 30 days.",
    ))  # fmt: skip
    describe("/api/v1/imports/{id}/undo", "post", _undo(
        "imports_undo", "Remove the samples that an import wrote, and bring back those that it replaced", "imports",
        (
            "Samples that have been written since, by anybody, stay. Possible for 30 days, also for an import "
            "that was cancelled or failed. The answer is a correction: with `dry_run` it only counts, and `start`"
            " then does it."
        ),
    ))  # fmt: skip


def _undo(name: str, summary: str, tag: str, description: str) -> dict[str, Any]:
    made = operation(name, summary, tag, _ID, body=NewUndo, answers={202: Correction}, description=description)
    made["requestBody"]["required"] = False
    return made
