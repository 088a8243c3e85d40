"""Real servers for the tests, in a temporary home, started once a run and ended by their own supervisord."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.home import Home
from runtime.supervisor import Supervisor
from tests.isolation import ROOT, TEST_HOME

SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_sessionfinish(session: pytest.Session) -> None:
    Supervisor(Home(TEST_HOME)).stop()
    shutil.rmtree(TEST_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Home:
    """The installation folder of the in-process tests."""
    return Home(TEST_HOME)


@pytest.fixture(scope="session")
def servers(home: Home) -> Iterator[Supervisor]:
    """supervisord with Redis and the documents server; tenants' InfluxDBs join it."""
    from config.platform import ensure_stores

    yield ensure_stores(home)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real plant data beside the project; tests that need it are skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the shared plant data is not at {SHARED_DATA}")
    return SHARED_DATA
