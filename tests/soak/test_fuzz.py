"""The whole corpus of hostile requests: 10,000 to each endpoint of the data path."""

from __future__ import annotations

import pytest

from tests.ingest.fuzz.corpus import ENDPOINTS
from tests.ingest.fuzz.sending import ensure_target, send_all
from tests.installation import Platform
from tests.soak.rounds import HOSTILE_REQUESTS

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def fuzzed(platform: Platform) -> Platform:
    return ensure_target(platform)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_ten_thousand_hostile_requests(fuzzed: Platform, endpoint: str) -> None:
    print("\n" + send_all(fuzzed, endpoint, HOSTILE_REQUESTS), end="", flush=True)
