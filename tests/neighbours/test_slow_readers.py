"""Exports with stalled readers block no more threads than one tenant may use, and release them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from tests.bench.neighbours.installation import END
from tests.installation import Platform
from tests.isolation import ROOT
from tests.neighbours.test_stopped_database import ensure_sensor, raw
from tests.waiting import wait_until

SLOW, OTHER = "dawdling", "brisk"
CLIENTS = 20
RANGE = f"start={END - 300 * 86_400_000}&end={END}"  # some 15 MB of CSV, which no buffer between us and them takes


def export(platform: Platform, sensor: str, url: str = "") -> requests.Response:
    path = f"/api/v1/sensors/{sensor}/samples?method=raw&format=csv&{RANGE}"
    headers = {"Authorization": f"Bearer {platform.people[SLOW]['token']}"}
    return requests.get((url or platform.url) + path, headers=headers, stream=True, timeout=30)


def stalled(platform: Platform, sensor: str, url: str = "") -> socket.socket:
    """A client that asks for an export and does not read it."""
    address = urlsplit(url or platform.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((address.hostname, address.port))
    path = f"/api/v1/sensors/{sensor}/samples?method=raw&format=csv&{RANGE}"
    token = platform.people[SLOW]["token"]
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return connection


@pytest.fixture(scope="module")
def sensors(platform: Platform) -> dict[str, str]:
    ids = {slug: ensure_sensor(platform, slug) for slug in (SLOW, OTHER)}
    platform.shell(f"from tests.bench.neighbours.loading import load; load({SLOW!r}, 300)")
    return ids


@pytest.fixture
def impatient(platform: Platform) -> Iterator[str]:
    """Another web process of the installation, with a short time-out."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PLANTRACE_HOME": str(platform.path)}
    command = [sys.executable, "-m", "runtime.web_server", "--port", str(port), "--workers", "1", "--send-timeout", "2"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def is_taken(response: requests.Response) -> bool:
    with response:
        return response.status_code == 200


def test_readers_that_stall_for_too_long_lose_their_permits(
    platform: Platform, sensors: dict[str, str], impatient: str
) -> None:
    sensor = sensors[SLOW]
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(stalled(platform, sensor, impatient))
        wait_until(lambda: not is_taken(export(platform, sensor, impatient)))
        wait_until(lambda: is_taken(export(platform, sensor, impatient)))


def test_exports_that_stall_leave_threads_for_others(platform: Platform, sensors: dict[str, str]) -> None:
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(stalled(platform, sensors[SLOW]))
        deadline = time.monotonic() + 90
        while (refused := export(platform, sensors[SLOW])).status_code == 200:
            refused.close()
            assert time.monotonic() < deadline, "twenty go on at once"
        assert refused.status_code == 503 and refused.json()["type"] == "/problems/database-busy"
        for _ in range(30):
            assert raw(platform, OTHER, sensors[OTHER]).status_code == 200
        assert raw(platform, SLOW, sensors[SLOW]).status_code == 200, "what is quick needs no permit"
    deadline = time.monotonic() + 90
    while (response := export(platform, sensors[SLOW])).status_code != 200:  # they went away
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert response.text.count("\n") > 400_000
