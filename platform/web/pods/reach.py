"""Whether the control plane answers: while it does not, one thread at a time waits to find out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import Unavailable

AWAY = "The control plane does not answer."


class NoAnswer(Unavailable):
    """A question was not answered in time, or not at all."""

    def __init__(self) -> None:
        super().__init__(AWAY, retry_after=2)


class Reach:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = self._probed = False

    @contextmanager
    def question(self) -> Iterator[None]:
        """Around one question. Raises NoAnswer at once where another thread waits for a control plane that is away."""
        with self._lock:
            probe = self._away
            if probe and self._probed:
                raise NoAnswer()
            self._probed = self._probed or probe
        try:
            yield
            self._away = False
        except NoAnswer:
            self._away = True
            raise
        except BaseException:  # an answer too
            self._away = False
            raise
        finally:
            if probe:
                self._probed = False
