"""What is wrong with a query, in InfluxDB's words where it has some."""

from __future__ import annotations

from kernel.errors import BadRequest


class ParseError(BadRequest):
    """The whole request is refused: nothing of it was done."""

    slug = "bad-query"

    def __init__(self, detail: str) -> None:
        super().__init__(f"error parsing query: {detail}")


class Unsupported(BadRequest):
    """The whole request is refused, with the nearest supported form."""

    slug = "unsupported-query"


class StatementError(BadRequest):
    """One statement has no answer; the following ones are not executed."""

    slug = "bad-statement"
