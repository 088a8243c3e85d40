"""The document server of all tenants stands still: who has a catalog in memory is answered from there."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest
import requests

from stores.documents.database import TIMEOUT_MS
from tests.installation import Platform
from tests.neighbours.timing import Timed, timed_get
from tests.stopping import stopped

COLD, WARM = "cold", "warm"
READERS, STOPPED_S = 20, 12.0  # longer than a call may take


@pytest.fixture(scope="module", autouse=True)
def tenants(platform: Platform) -> None:
    for slug in (COLD, WARM):
        platform.ensure_tenant(slug)
        platform.ensure_person(slug, slug)
        platform.ensure_sensor(slug)


def listed(platform: Platform, slug: str) -> requests.Response:
    return platform.get("/api/v1/sensors", slug)


def forget_catalog(platform: Platform, slug: str) -> None:
    """Every process has to read it as a whole, as after a restart."""
    platform.shell(
        f"from web.directory import directory; from web.stores import documents; from catalog.snapshot import log_of; "
        f"log_of(documents(directory().by_slug({slug!r}))).restart()"
    )


def test_others_are_answered_while_a_cold_catalog_cannot_be_read(platform: Platform) -> None:
    for _ in range(40):  # in every process
        assert listed(platform, WARM).status_code == 200
    forget_catalog(platform, COLD)
    status = platform.supervisor.status("documents")
    assert status is not None and status.pid
    responses: list[requests.Response] = []
    others: list[Timed] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            responses.append(response := listed(platform, COLD))
            over.wait(float(response.headers.get("Retry-After", 0)))

    threads = [threading.Thread(target=ask) for _ in range(READERS)]
    with stopped(status.pid):
        for thread in threads:
            thread.start()
        end = time.monotonic() + STOPPED_S
        while time.monotonic() < end:
            others.append(timed_get(platform, "/api/v1/sensors", WARM))
            assert others[-1].status == 200
        over.set()
    for thread in threads:
        thread.join()
    slowest = max(others, key=lambda timed: timed.seconds)
    assert slowest.seconds < TIMEOUT_MS / 1000, slowest  # nobody waited for the stopped one
    refused = [response for response in responses if response.status_code == 503]
    assert len(refused) >= READERS, Counter(response.status_code for response in responses)
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)
    deadline = time.monotonic() + 20
    while listed(platform, COLD).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
