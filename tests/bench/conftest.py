"""The plant of the ingest tests, for measurements."""

import pytest

from tests.ingest.conftest import plant, plant_of

__all__ = ["plant", "plant_of"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--profile", action="store_true", help="benches: show where the time of a request goes")
