"""Servers that the tests of a group share end with the group: idle ones cost the rest of the run half a core."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.distribution import group_of

Call = Callable[[], None]


class SharedServers:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._running: list[tuple[Call, Call | None]] = []  # how each ends, and is started again
        self._ended: list[tuple[Call, Call]] = []

    def end_with_group(self, end: Call, again: Call | None = None) -> None:
        """`end` is also called at the end of the run, by the fixture that started it; so it is called twice.

        `again`: starts it for tests of another group that ask for `platform`, too.
        """
        self._running.append((end, again))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self._ended and "platform" in getattr(item, "fixturenames", ()):
            for end, again in self._ended:
                again()
                self._running.append((end, again))
            self._ended.clear()

    @pytest.hookimpl(trylast=True)  # after what the test itself leaves to do
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        if nextitem is not None and _group(nextitem) != _group(item):
            while self._running:
                end, again = self._running.pop()
                end()
                if again is not None:
                    self._ended.append((end, again))


shared_servers = SharedServers()


def _group(item: pytest.Item) -> str:
    return group_of(item.nodeid.partition("::")[0])
