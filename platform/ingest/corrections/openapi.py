"""The OpenAPI operations of corrections, and of undoing an import, which makes one."""

from __future__ import annotations

from ingest.corrections.models import Correction, CorrectionList, NewCorrection, NewUndo
from jobs.openapi import JobOperations
from web.openapi import describe

_CORRECTIONS = JobOperations("/api/v1/corrections", "corrections", "correction", Correction, CorrectionList)
_IMPORTS = JobOperations("/api/v1/imports", "imports", "import", None, None)


def describe_all() -> None:
    _CORRECTIONS.describe(
        "List corrections, newest first",
        "One correction: state, progress, counts",
        "End a correction; what it has changed is kept, and can be undone",
    )
    describe(_CORRECTIONS.base, "post", _CORRECTIONS.operation(
        "create",
        "Delete, shift, swap or convert stored samples, or count what that would change",
        body=NewCorrection, responses={202: Correction},
        description=(
            "Returns immediately; the work is done in the background. Samples that are deleted or overwritten are "
            "kept for 30 days, during which `…/undo` brings them back."
        ),
    ))  # fmt: skip
    _CORRECTIONS.describe_one("/start", "post", "start", "Do what a finished dry run counted", Correction, 202)
    _describe_undo(
        _CORRECTIONS,
        "Bring back the samples that a correction deleted or changed",
        "Samples that have been written since are not changed. Possible for 30 days.",
    )
    _describe_undo(
        _IMPORTS,
        "Remove the samples that an import wrote, and bring back those that it replaced",
        (
            "Samples that anybody has written since are kept. Possible for 30 days, also for an import "
            "that was cancelled or failed. The response is a correction: with `dry_run` it only counts, and `start`"
            " then does it."
        ),
    )


def _describe_undo(jobs: JobOperations, summary: str, description: str) -> None:
    undo = jobs.operation(
        "undo", summary, jobs.id_parameter, body=NewUndo, responses={202: Correction}, description=description
    )
    undo["requestBody"]["required"] = False
    describe(f"{jobs.base}/{{id}}/undo", "post", undo)
