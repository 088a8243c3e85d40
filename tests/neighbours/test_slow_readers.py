"""Exports whose readers stall take no more threads than one tenant may have, and release them."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import requests

from tests.bench.neighbours.installation import END
from tests.installation import Platform
from tests.neighbours.test_stopped_database import ensure_sensor, raw

SLOW, OTHER = "dawdling", "brisk"
CLIENTS = 20
RANGE = f"start={END - 300 * 86_400_000}&end={END}"  # some 15 MB of CSV, which no buffer between us and them takes


def export(platform: Platform, sensor: str) -> requests.Response:
    path = f"/api/v1/sensors/{sensor}/samples?method=raw&format=csv&{RANGE}"
    return platform.call("GET", path, SLOW, stream=True)


def stalled(platform: Platform, sensor: str) -> socket.socket:
    """A client that asks for an export and does not read it."""
    address = urlsplit(platform.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((address.hostname, address.port))
    path = f"/api/v1/sensors/{sensor}/samples?method=raw&format=csv&{RANGE}"
    token = platform.people[SLOW]["token"]
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return connection


def test_exports_that_stall_leave_threads_for_others(platform: Platform) -> None:
    sensors = {slug: ensure_sensor(platform, slug) for slug in (SLOW, OTHER)}
    platform.shell(f"from tests.bench.neighbours.loading import load; load({SLOW!r}, 300)")
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(stalled(platform, sensors[SLOW]))
        deadline = time.monotonic() + 30
        while (refused := export(platform, sensors[SLOW])).status_code == 200:
            refused.close()
            assert time.monotonic() < deadline, "twenty go on at once"
        assert refused.status_code == 503 and refused.json()["type"] == "/problems/database-busy"
        for _ in range(30):
            assert raw(platform, OTHER, sensors[OTHER]).status_code == 200
        assert raw(platform, SLOW, sensors[SLOW]).status_code == 200, "what is quick needs no permit"
    deadline = time.monotonic() + 30
    while (answer := export(platform, sensors[SLOW])).status_code != 200:  # they went away
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert answer.text.count("\n") > 400_000
