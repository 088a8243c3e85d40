"""Everything that is wrong with a request, told at once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kernel.errors import BadRequest

MOST_TOLD = 1000  # after so many faults the rest is not looked at


class Fault(Struct, frozen=True):
    """`index` is the item's place in the call, from 0."""

    index: int
    field: str
    message: str


def refuse(faults: Sequence[Fault], items: int, single: bool) -> BadRequest:
    """The error that lists the faults; nothing has been written."""
    if single:
        detail = " ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in faults)
        return BadRequest(detail, slug="invalid", errors=[{"field": f.field, "message": f.message} for f in faults])
    wrong = len({fault.index for fault in faults})
    first = faults[0]
    least = "At least " if len(faults) >= MOST_TOLD else ""
    detail = (
        f"{least}{wrong} of {items} items {'is' if wrong == 1 else 'are'} not right; nothing was written."
        f" First, item {first.index}: {first.field + ': ' if first.field else ''}{first.message}"
    )
    told = [{"index": f.index, "field": f.field, "message": f.message} for f in faults[:MOST_TOLD]]
    return BadRequest(detail, slug="invalid-items", errors=told, wrong=wrong)
