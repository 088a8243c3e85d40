"""Reports all errors of a request together."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kernel.errors import BadRequest

MAX_ERRORS = 1000  # after which validation stops


class ValidationError(Struct, frozen=True):
    """`index`: the item's position in the call, from 0."""

    index: int
    field: str
    message: str


def validation_failed(errors: Sequence[ValidationError], items: int, single: bool) -> BadRequest:
    """The error that lists all errors; nothing has been written."""
    if single:
        detail = " ".join(f"{error.field}: {error.message}" if error.field else error.message for error in errors)
        return BadRequest(detail, slug="invalid", errors=[{"field": e.field, "message": e.message} for e in errors])
    wrong = len({error.index for error in errors})
    first = errors[0]
    least = "At least " if len(errors) >= MAX_ERRORS else ""
    detail = (
        f"{least}{wrong} of {items} items {'is' if wrong == 1 else 'are'} not valid; nothing was written."
        f" First, item {first.index}: {first.field + ': ' if first.field else ''}{first.message}"
    )
    listed = [{"index": e.index, "field": e.field, "message": e.message} for e in errors[:MAX_ERRORS]]
    return BadRequest(detail, slug="invalid-items", errors=listed, wrong=wrong)
