"""Slow senders block no more threads than one tenant, or anonymous callers, may use."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from tests.installation import Platform

SLOW, OTHER = "trickling", "prompt"
CLIENTS = 20  # more than all threads of both web processes
TIMEOUT_S = 8


@pytest.fixture(scope="module")
def tokens(platform: Platform) -> dict[str, str]:
    for slug in (SLOW, OTHER):
        platform.ensure_tenant(slug)
    return {slug: platform.ensure_person(slug, slug)["token"] for slug in (SLOW, OTHER)}


@contextmanager
def trickling(platform: Platform, head: str) -> Iterator[None]:
    """Clients that send a byte a second of a body of 5,000."""
    address = urlsplit(platform.url)
    over = threading.Event()
    connections = []
    for _ in range(CLIENTS):
        connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=10)
        connection.sendall(f"{head}\r\nHost: {address.netloc}\r\nContent-Length: 5000\r\n\r\n ".encode())
        connections.append(connection)

    def send() -> None:
        while not over.wait(1.0):
            for connection in connections:
                try:
                    connection.send(b" ")
                except OSError:
                    continue  # it was answered and closed

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(1.5)
    try:
        yield
    finally:
        over.set()
        sender.join()
        for connection in connections:
            connection.close()


def is_served(platform: Platform, token: str) -> None:
    """A few times, as there are two processes."""
    bearer = {"Authorization": f"Bearer {token}"}
    for _ in range(6):
        assert requests.get(f"{platform.url}/healthz", timeout=TIMEOUT_S).ok
        assert requests.get(f"{platform.url}/api/v1/sites", headers=bearer, timeout=TIMEOUT_S).ok
        query = requests.post(
            f"{platform.url}/api/v1/sites/bulk", json={"items": []}, headers=bearer, timeout=TIMEOUT_S
        )
        assert query.status_code == 200, query.text


@pytest.mark.parametrize("path", ["/write", "/api/v1/sites/bulk"])
def test_a_tenants_slow_bodies_leave_threads_for_others(platform: Platform, tokens: dict[str, str], path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {tokens[SLOW]}\r\nContent-Type: application/json"
    with trickling(platform, head):
        is_served(platform, tokens[OTHER])
        response = requests.post(
            platform.url + path, b"{}", headers={"Authorization": f"Bearer {tokens[SLOW]}"}, timeout=TIMEOUT_S
        )
        assert response.status_code == 503 and int(response.headers["Retry-After"]) >= 1
    is_served(platform, tokens[SLOW])


def test_slow_bodies_of_anonymous_senders_leave_threads_for_others(platform: Platform, tokens: dict[str, str]) -> None:
    with trickling(platform, "POST /api/v1/login HTTP/1.1\r\nContent-Type: application/json"):
        is_served(platform, tokens[OTHER])
