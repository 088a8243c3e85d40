"""Servers that the tests of a group share end with the group: idle ones cost the rest of the run half a core."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.distribution import group_of


class SharedServers:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._endings: list[Callable[[], None]] = []

    def end_with_group(self, end: Callable[[], None]) -> None:
        """Also called at the end of the run, by the fixture that started it; so it is called twice."""
        self._endings.append(end)

    @pytest.hookimpl(trylast=True)  # after what the test itself leaves to do
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        if nextitem is not None and _group(nextitem) != _group(item):
            while self._endings:
                self._endings.pop()()


shared_servers = SharedServers()


def _group(item: pytest.Item) -> str:
    return group_of(item.nodeid.partition("::")[0])
