"""The OpenAPI operations of dead letters."""

from __future__ import annotations

from ingest.dead_letters.models import (
    CorrectedItem,
    DeadLetter,
    DeadLetterIds,
    DeadLetterList,
    RemovedLetters,
    ReplayedLetters,
)
from web.openapi import describe, operation, paging, path_parameter, query_parameter

_BASE, _TAG = "/api/v1/deadletters", "dead letters"
_ID = path_parameter("id", "The letter's id")
_UNTIL = {"type": "string", "minLength": 1, "maxLength": 32}


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "deadLettersList", "What could not be stored, newest first", _TAG, *paging(), responses={200: DeadLetterList},
        description="A tenant keeps as many as its limits `dead_letters` and `dead_letter_bytes` say; the oldest go.",
    ))  # fmt: skip
    describe(_BASE, "delete", operation(
        "deadLettersRemove", "Remove a letter and all older ones", _TAG,
        query_parameter("until", "The newest letter to be removed", _UNTIL, required=True),
        responses={200: RemovedLetters},
    ))  # fmt: skip
    describe(f"{_BASE}/{{id}}", "get", operation(
        "deadLetterRead", "One dead letter", _TAG, _ID, responses={200: DeadLetter},
    ))  # fmt: skip
    describe(f"{_BASE}/{{id}}", "delete", operation(
        "deadLetterRemove", "Remove a dead letter", _TAG, _ID, responses={204: None},
    ))  # fmt: skip
    one = operation(
        "deadLetterReplay", "Replay a dead letter", _TAG, _ID,
        body=CorrectedItem, responses={200: ReplayedLetters},
        description=(
            "Unchanged, for instance after its sensor was created, or with the corrected `item`. It is read as if it "
            "arrived now, but a point without a time gets the time at which the letter was received. If it is still "
            "invalid it is kept (400)."
        ),
    )  # fmt: skip
    one["requestBody"]["required"] = False
    describe(f"{_BASE}/{{id}}/replay", "post", one)
    describe(f"{_BASE}/replay", "post", operation(
        "deadLettersReplay", "Replay several dead letters unchanged", _TAG,
        body=DeadLetterIds, responses={200: ReplayedLetters},
        description="Those that are still invalid are kept, and listed in `refused`.",
    ))  # fmt: skip
