"""The OpenAPI operations of `jobs.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web.openapi import describe, operation, paging, path_parameter


@dataclass(frozen=True, slots=True)
class JobOperations:
    """Of the jobs at `base`. `tag` begins the operations' names; `job` and `listed` are the structs of answers."""

    base: str
    tag: str
    noun: str
    job: Any
    listed: Any

    def describe(self, listing: str, reading: str, cancelling: str) -> None:
        """With these summaries."""
        describe(self.base, "get", self.operation("list", listing, *paging(), responses={200: self.listed}))
        self.describe_one("", "get", "read", reading, self.job)
        self.describe_one("/cancel", "post", "cancel", cancelling, self.job)

    def describe_one(
        self, suffix: str, method: str, verb: str, summary: str, response: Any, status: int = 200, **rest: Any
    ) -> None:
        """An address of one job."""
        found = self.operation(verb, summary, self.id_parameter, responses={status: response}, **rest)
        describe(f"{self.base}/{{id}}{suffix}", method, found)

    def operation(self, verb: str, summary: str, *parameters: Any, **rest: Any) -> dict[str, Any]:
        return operation(f"{self.tag}_{verb}", summary, self.tag, *parameters, **rest)

    @property
    def id_parameter(self) -> dict[str, Any]:
        return path_parameter("id", f"The {self.noun}'s id")
