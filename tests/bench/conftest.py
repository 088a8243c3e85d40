"""What measurements share: the plant of the ingest tests, and an installation of its own for each file."""

import shutil
from collections.abc import Iterator

import pytest

from tests.ingest.conftest import plant, plant_of
from tests.installation import Platform

__all__ = ["plant", "plant_of"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--profile", action="store_true", help="benches: show where the time of a request goes")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Nothing that another bench wrote is in it, nor does it stay on the disk."""
    platform = Platform(tmp_path_factory.mktemp("bench") / "home")
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(platform.path, ignore_errors=True)
