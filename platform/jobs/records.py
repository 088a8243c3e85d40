"""A job kept as a document of its tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from jobs.run import OPEN, Cancelled, JobStatus
from kernel.errors import NotFound, PlantraceError
from stores.documents import Database, Document


class DocumentRecord:
    """`explain` says how a failure is stored; `announce` that it changed. Documents of earlier versions have no
    `attempts`."""

    def __init__(
        self,
        database: Database,
        collection: str,
        id: str,
        explain: Callable[[PlantraceError], Any],
        announce: Callable[[], None],
    ) -> None:
        self._database, self._collection, self._id, self._explain = database, collection, id, explain
        self._announce = announce

    def read(self) -> JobStatus | None:
        document = self._database.get(self._collection, self._id)
        if document is None:
            return None
        is_open = document["state"] in OPEN
        return JobStatus(is_open, document.get("attempts", 0), document.get("not_before", 0))

    def save(self, **fields: Any) -> None:
        plain = msgspec.to_builtins(fields)

        def update(document: Document) -> Document:
            if document["state"] not in OPEN:
                raise Cancelled
            return {**document, **plain}

        try:
            self._database.change(self._collection, self._id, update)
        except NotFound:
            raise Cancelled from None
        self._announce()

    def fail(self, error: PlantraceError, now: int) -> None:
        self.save(state="failed", finished=now, error=self._explain(error))
