"""Of several threads that need the same documents of a tenant, one reads them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from stores.concurrency import QUEUE_TIMEOUT_S
from stores.documents import Database
from stores.documents.share import DocumentsBusy
from stores.redis.locks import WAIT_S

_guard = threading.Lock()
_loading: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def reading(database: Database, scope: str) -> Iterator[None]:
    """Of several threads one reads a catalog, or another scope's documents, and the others wait for it: a request for
    long only with a permit of its tenant's share, so that a slow document server leaves threads to other tenants.
    """
    with _guard:
        loading = _loading[database.name, scope]
    if not loading.acquire(timeout=QUEUE_TIMEOUT_S):
        database.hold()
        if not loading.acquire(timeout=WAIT_S):
            raise DocumentsBusy()
    try:
        yield
    finally:
        loading.release()


def forget(name: str) -> None:
    """Nobody reads this database any more."""
    for key in [key for key in _loading if key[0] == name]:
        _loading.pop(key)
