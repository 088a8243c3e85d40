"""Drawings in memory: the drawing of a version never changes, so it is read from the document database once."""

from __future__ import annotations

import threading
from collections import OrderedDict

from twin.models import Drawing

MAX_BYTES = 4 << 20  # of all drawings' JSON; in memory they take some five times as much


class DrawingCache:
    """The drawings used last, by disk and id, up to `max_bytes` of JSON. Safe to share between threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._drawings: OrderedDict[tuple[str, str], tuple[Drawing, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, disk: str, id: str) -> Drawing | None:
        with self._lock:
            if (disk, id) not in self._drawings:
                return None
            self._drawings.move_to_end((disk, id))
            return self._drawings[disk, id][0]

    def put(self, disk: str, id: str, drawing: Drawing, size: int) -> None:
        """`size`: of its JSON in bytes. One that is larger than all may be is not kept."""
        if size > self._max_bytes:
            return
        with self._lock:
            _, before = self._drawings.pop((disk, id), (drawing, 0))
            self._drawings[disk, id] = drawing, size
            self._bytes += size - before
            while self._bytes > self._max_bytes:
                _, (_, freed) = self._drawings.popitem(last=False)
                self._bytes -= freed
