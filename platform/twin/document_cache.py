"""Documents in memory that never change, such as the drawing of a version: each is read from the database once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_BYTES = 4 << 20  # of all drawings' JSON; in memory they take some five times as much


class DocumentCache(Generic[T]):
    """The documents used last, by disk and id, up to `max_bytes` of JSON. Safe to share between threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], tuple[T, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, disk: str, id: str) -> T | None:
        with self._lock:
            if (disk, id) not in self._kept:
                return None
            self._kept.move_to_end((disk, id))
            return self._kept[disk, id][0]

    def put(self, disk: str, id: str, document: T, size: int) -> None:
        """`size`: of its JSON in bytes. One that is larger than all may be is not kept."""
        if size > self._max_bytes:
            return
        with self._lock:
            _, before = self._kept.pop((disk, id), (document, 0))
            self._kept[disk, id] = document, size
            self._bytes += size - before
            while self._bytes > self._max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
