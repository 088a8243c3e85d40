"""One tenant's database is stopped: its own users get an error at once, and nobody else notices."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.installation import Platform
from tests.neighbours.timing import Timed, timed_get
from tests.stopping import stopped
from web.stores import REQUEST_TIMEOUT_S

STOPPED, OTHER = "standing", "running"
READERS = 20
PAST = {"start": 1_770_000_000_000, "end": 1_770_000_100_000}


@pytest.fixture(scope="module")
def sensors(platform: Platform) -> dict[str, str]:
    """A sensor with a few samples in each of two tenants, by the tenant's slug."""
    return {slug: ensure_sensor(platform, slug) for slug in (STOPPED, OTHER)}


def ensure_sensor(platform: Platform, slug: str) -> str:
    platform.ensure_tenant(slug)
    platform.ensure_person(slug, slug)
    site = {"slug": "works", "name": "Works", "timezone": "UTC"}
    platform.call("POST", "/api/v1/sites/bulk", slug, json={"items": [site]}).raise_for_status()
    sensor = {"site": "works", "tag": "TT-1", "name": "t", "interval_s": 1}
    response = platform.call("POST", "/api/v1/sensors/bulk", slug, json={"items": [sensor]})
    lines = "\n".join(f"works,sensor=TT-1 value={k} {1_770_000_000 + k}" for k in range(100))
    platform.call("POST", "/write?precision=s", slug, data=lines).raise_for_status()
    id = str(response.json()["ids"]["TT-1"])
    deadline = time.monotonic() + 30
    while not raw(platform, slug, id).json().get("t"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return id


def raw(platform: Platform, slug: str, sensor: str) -> requests.Response:
    path = f"/api/v1/sensors/{sensor}/samples"
    return platform.get(path, slug, method="raw", **PAST)


def recent(platform: Platform, slug: str, sensor: str, form: str = "json") -> requests.Response:
    """Samples of the last minute, which no process remembers: the database has to answer."""
    now_ms = round(1000 * time.time())
    path = f"/api/v1/sensors/{sensor}/samples"
    return platform.get(path, slug, method="raw", start=now_ms - 60_000, end=now_ms, format=form)


def database_pid(platform: Platform, slug: str) -> int:
    tenant = platform.get(f"/api/v1/tenants/{slug}", "operator").json()["id"]
    status = platform.supervisor.status(f"influx-{tenant}")
    assert status is not None and status.pid
    return status.pid


@contextmanager
def readers(platform: Platform, slug: str, sensor: str, form: str = "json") -> Iterator[list[requests.Response]]:
    """Clients that retry as soon as they may."""
    responses: list[requests.Response] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            responses.append(response := recent(platform, slug, sensor, form))
            over.wait(float(response.headers.get("Retry-After", 0)))

    threads = [threading.Thread(target=ask) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield responses
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("form", ["json", "csv"])
def test_others_are_answered_while_twenty_readers_wait(platform: Platform, sensors: dict[str, str], form: str) -> None:
    pid = database_pid(platform, STOPPED)
    path = f"/api/v1/sensors/{sensors[OTHER]}/samples"
    others: list[Timed] = []
    with stopped(pid), readers(platform, STOPPED, sensors[STOPPED], form) as responses:
        end = time.monotonic() + 8
        while time.monotonic() < end:
            others.append(timed_get(platform, path, OTHER, method="raw", **PAST))
            assert others[-1].status == 200
    slowest = max(others, key=lambda timed: timed.seconds)
    assert slowest.seconds < REQUEST_TIMEOUT_S, slowest  # nobody waited for the stopped one
    assert Counter(response.status_code for response in responses).keys() == {503}
    problem = responses[-1].json()
    assert problem["type"] == "/problems/database-not-answering" and "tenant" in problem["detail"]
    assert int(responses[-1].headers["Retry-After"]) >= 1


def test_a_database_that_recovers_is_read_again_soon(platform: Platform, sensors: dict[str, str]) -> None:
    with stopped(database_pid(platform, STOPPED)), readers(platform, STOPPED, sensors[STOPPED]):
        time.sleep(4)
    deadline, in_a_row = time.monotonic() + 20, 0
    while in_a_row < 20:  # in every process
        in_a_row = in_a_row + 1 if recent(platform, STOPPED, sensors[STOPPED]).status_code == 200 else 0
        if not in_a_row:
            assert time.monotonic() < deadline
            time.sleep(0.2)
