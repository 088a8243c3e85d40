"""How many requests of one tenant may use the document database at once: all tenants share one server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

from kernel.errors import Unavailable
from stores.concurrency import QUEUE_TIMEOUT_S, ConcurrencyLimit
from stores.documents.errors import DocumentsUnavailable
from stores.redis.breakers import Breakers
from stores.request_scope import current_request

MAX_CALLS_OF_TENANT, MAX_CALLS = 2, 4  # threads of a web process; it has 6
OPEN_S = 5.0
POLL_INTERVAL_S = 0.5  # of what other processes found out


class DocumentsBusy(DocumentsUnavailable):
    """The tenant has as many requests in the document database as it may."""

    slug, title = "database-busy", "This tenant's documents are busy"

    def __init__(self) -> None:
        super().__init__(
            "This tenant's documents are busy with other requests of the tenant. Try again in a moment.",
            retry_after=1,
        )


class DocumentsNotAnswering(DocumentsUnavailable):
    """A call of this tenant timed out a moment ago."""

    slug, title = "database-not-answering", "This tenant's documents do not answer"

    def __init__(self) -> None:
        super().__init__(
            "This tenant's documents do not answer. Nothing is lost; try again in a moment.",
        )


CALLS = ConcurrencyLimit(MAX_CALLS_OF_TENANT, MAX_CALLS)


class DocumentShare:
    """For the documents of one tenant. Workers, which can wait, are not counted."""

    def __init__(self, name: str, redis_url: str) -> None:
        self.key = f"pt:{name.removeprefix('plantrace_')}:breaker:documents"
        self._redis_url = redis_url
        self._open_until = self._looked = float("-inf")

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one command. Raises DocumentsBusy, DocumentsNotAnswering."""
        if current_request() is None:
            yield
            return
        if self._is_open():
            raise DocumentsNotAnswering()
        if not CALLS.enter(self.key, QUEUE_TIMEOUT_S):
            raise DocumentsBusy()
        try:
            yield
        finally:
            CALLS.leave(self.key)

    def timed_out(self) -> None:
        """A command was not answered in time."""
        if current_request() is None:
            return
        self._open_until = time.monotonic() + OPEN_S
        with suppress(Unavailable):
            _breakers(self._redis_url).open(self.key, OPEN_S)

    def hold(self) -> None:
        """Before a request waits for long, as for a lock. Raises DocumentsBusy."""
        scope = current_request()
        if scope is not None and not scope.hold(self.key):
            raise DocumentsBusy()

    def _is_open(self) -> bool:
        now = time.monotonic()
        if now < self._open_until:
            return True
        if now - self._looked > POLL_INTERVAL_S:
            self._looked = now
            with suppress(Unavailable):  # without Redis each process finds out by itself
                if _breakers(self._redis_url).is_open(self.key):
                    self._open_until = now + POLL_INTERVAL_S
                    return True
        return False


@lru_cache(maxsize=8)
def _breakers(url: str) -> Breakers:
    return Breakers(url)
