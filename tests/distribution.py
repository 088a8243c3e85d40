"""Which worker takes which tests when they run side by side (`-n`)."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.isolation import ROOT

# Longest first, so that no worker starts one of them when the others are done: groups, and files within theirs.
LONGEST = (
    "platform", "e2e", "ingest", "kubernetes", "tenants", "historian", "http", "frontend", "backup", "demo",
    "contracts",
)  # fmt: skip
LONGEST_FILES = (
    "test_operators.py",
    "test_helm_driver.py",
    "test_kills.py",
    "test_full_platform.py",
    "test_whole_platform.py",
    "test_backup.py",
    "test_command.py",
)
ON_THE_PLATFORM = re.compile(r"(?:def test_|@pytest\.fixture[^\n]*\ndef )\w+\([^)]*\bplatform: Platform\b")


@cache
def group_of(file: str) -> str:
    """Tests of one group share tenants, a cluster, or `platform`, a whole running installation: a folder, or all tests
    that ask for `platform`, but for those with a browser, which are as many."""
    path = ROOT / file
    if path.parent.name == "e2e":
        return "e2e"
    asking = (path, path.with_name("conftest.py"))
    if any(each.exists() and ON_THE_PLATFORM.search(each.read_text()) for each in asking):
        return "platform"
    return path.parent.name


def rank_of(file: str) -> tuple[int, str, bool]:
    group = group_of(file)
    place = LONGEST.index(group) if group in LONGEST else len(LONGEST)
    return place, group, PurePosixPath(file).name not in LONGEST_FILES


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """A worker takes a file at a time: of its group while there is one, then of a group that nobody works on, then of
    the group that has most left."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by the number of tests, which says little of how long they take
        self._group: dict[Any, str] = {}  # of a worker's last file

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        file = choose(list(self.workqueue), self._group.get(node), {self._group.get(each) for each in self.nodes})
        self._group[node] = group_of(file)
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)


def choose(files: list[str], mine: str | None, taken: set[str | None]) -> str:
    """The file that a worker takes next."""
    left = Counter(map(group_of, files))
    if mine not in left:
        free = [group for group in left if group not in taken]
        mine = free[0] if free else max(left, key=lambda group: left[group])
    return next(file for file in files if group_of(file) == mine)
