"""What a process made of something that changes with a position, such as rules compiled at one of the catalog."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_TENANTS = 50  # in one process


class MadeAt(Generic[T]):
    """One value for each of the tenants that were used last, with the position at which it was made.

    Thread-safe: two threads may make the same value twice.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[object, T]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: str, position: object, make: Callable[[T | None], T]) -> T:
        """The value at that position; `make` gets the one of another position, if there is one."""
        with self._guard:
            made_at, known = self._known.get(key, (None, None))
        if known is not None and made_at == position:
            return known
        value = make(known)
        with self._guard:
            self._known[key] = (position, value)
            self._known.move_to_end(key)
            while len(self._known) > MAX_TENANTS:
                self._known.popitem(last=False)
        return value
