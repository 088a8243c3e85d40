from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gitops.git_server import GitServer


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    server = GitServer(tmp_path / "git")
    yield server
    server.stop()
