"""A thread that renews something, such as a lease, while its holder works."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Renewer:
    """Calls `renew` every `interval_s` between `start` and `stop`, until it returns False; then `at_end`."""

    def __init__(
        self, name: str, interval_s: float, renew: Callable[[], bool], at_end: Callable[[], None] = lambda: None
    ) -> None:
        self._interval_s, self._renew, self._at_end = interval_s, renew, at_end
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when a renewal in progress has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._interval_s) and self._renew():
                pass
        finally:
            self._at_end()
