"""Whatever is sent, the endpoints of the data path refuse it or take it: no 5xx, bounded cost, bounded memory.

`make soak` sends 10,000 requests to each endpoint (`tests/soak/test_fuzz.py`).
"""

from __future__ import annotations

import pytest

from tests.ingest.fuzz.corpus import ENDPOINTS
from tests.ingest.fuzz.sending import ensure_target, send_all
from tests.installation import Platform

REQUESTS = 250


@pytest.fixture(scope="module")
def fuzzed(platform: Platform) -> Platform:
    return ensure_target(platform)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_hostile_requests_are_refused_at_little_cost(fuzzed: Platform, endpoint: str) -> None:
    send_all(fuzzed, endpoint, REQUESTS)
