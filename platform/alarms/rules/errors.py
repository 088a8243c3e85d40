"""What is wrong with a rule, in words that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kernel.errors import BadRequest

MAX_SHOWN = 20


class Problem(NamedTuple):
    field: str
    message: str


class InvalidRule(BadRequest):
    slug, title = "invalid-rule", "The rule is not valid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        first, more = self.problems[0], len(self.problems) - 1
        detail = f"{first.field}: {first.message}" + (f" And {more} more problems." if more else "")
        super().__init__(detail, errors=[each._asdict() for each in self.problems[:MAX_SHOWN]])


def invalid(field: str, message: str) -> InvalidRule:
    return InvalidRule([Problem(field, message)])
