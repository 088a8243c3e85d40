"""Rights that are withdrawn while a body arrives: it is refused once it is complete, and nothing is changed."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.installation import Platform

WITHIN_S = 1.0
T = 1_770_000_000
numbers = count()
TOKENS = r"from access.models import ApiToken; print(ApiToken.objects.filter(name__regex=r'^t\d+$').count())"
MAPPING = "site: slow\nlayout: wide\ntime: {column: time, format: iso, zone: UTC}\ncolumns: {TT-1: TT-1}\n"


class NotLetIn(Exception):
    """What was answered instead."""


class SlowRequest:
    """A request whose body stops before its last byte."""

    def __init__(self, platform: Platform, path: str, headers: dict[str, str], body: bytes) -> None:
        address = urlsplit(platform.url)
        self._connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=60)
        every = {"Host": address.netloc, "Content-Length": str(len(body)), "Connection": "close", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in (every | {"Expect": "100-continue"}).items())
        self._connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())
        self._answer = self._connection.makefile("rb")
        answered = self._answer.readline() + self._answer.readline()
        if answered != b"HTTP/1.1 100 Continue\r\n\r\n":  # the web server says so once a view reads the body
            raise NotLetIn(answered.decode())
        self._connection.sendall(body[:-1])
        self._rest = body[-1:]

    def finish(self) -> tuple[int, str]:
        """Its status and answer."""
        self._connection.sendall(self._rest)
        with self._connection, self._answer:
            whole = self._answer.read().decode()
        return int(whole.split(" ", 2)[1]), whole


@pytest.fixture(scope="module")
def slow(platform: Platform) -> Platform:
    platform.ensure_tenant("slow")
    platform.ensure_person("slow-admin", "slow", "admin")
    platform.ensure_sensor("slow-admin", site="slow")
    return platform


@pytest.fixture
def member(slow: Platform) -> dict[str, Any]:
    """Somebody new, an engineer of the tenant."""
    name = f"slow-{next(numbers)}"
    return slow.ensure_person(name, "slow")


def set_suspended(platform: Platform, suspended: bool) -> None:
    response = platform.call("PATCH", "/api/v1/tenants/slow", "operator", json={"suspended": suspended})
    assert response.status_code in (200, 202), response.text
    end, in_a_row = time.monotonic() + 90, 0
    while not suspended and in_a_row < 8:  # both web processes know it
        status = platform.get("/api/v1/sites", "slow-admin").status_code
        in_a_row = in_a_row + 1 if status == 200 else 0
        assert time.monotonic() < end, status
        time.sleep(0.1)


@pytest.fixture
def reopened(slow: Platform) -> Iterator[None]:
    yield
    set_suspended(slow, False)


def write(platform: Platform) -> tuple[str, dict[str, str], bytes]:
    return "/write?precision=s", {}, f"slow,sensor=TT-1 value=1 {T + next(numbers)}".encode()


def bulk(platform: Platform) -> tuple[str, dict[str, str], bytes]:
    item = {"slug": f"s{next(numbers)}", "name": "New", "timezone": "UTC"}
    return "/api/v1/sites/bulk", {"Content-Type": "application/json"}, json.dumps({"items": [item]}).encode()


def token(platform: Platform) -> tuple[str, dict[str, str], bytes]:
    """A view of DRF's."""
    body = {"name": f"t{next(numbers)}", "scopes": ["read"]}
    return "/api/v1/tokens", {"Content-Type": "application/json"}, json.dumps(body).encode()


def upload(platform: Platform) -> tuple[str, dict[str, str], bytes]:
    files = {"file": (f"f{next(numbers)}.csv", b"time,TT-1\n2024-01-01T00:00:00,1\n")}
    prepared = requests.Request("POST", platform.url, files=files, data={"mapping": MAPPING}).prepare()
    assert isinstance(prepared.body, bytes)
    return "/api/v1/imports", {"Content-Type": prepared.headers["Content-Type"]}, prepared.body


Make = Callable[[Platform], tuple[str, dict[str, str], bytes]]
PLACES = pytest.mark.parametrize("make", [write, bulk, token, upload])


def state_of(platform: Platform) -> tuple[Any, ...]:
    """All that these requests could change."""
    sensor = platform.get("/api/v1/sensors", "slow-admin").json()["results"][0]["id"]
    span = {"start": (T - 1) * 1000, "end": (T + 9_000) * 1000, "method": "raw", "points": 10_000}
    time.sleep(0.5)  # for the writer
    return (
        platform.get(f"/api/v1/sensors/{sensor}/samples", "slow-admin", **span).json()["t"],
        *(len(platform.get(f"/api/v1/{kind}", "slow-admin").json()["results"]) for kind in ("sites", "imports")),
        platform.shell(TOKENS),
    )


def sign_in(platform: Platform, person: dict[str, Any]) -> dict[str, str]:
    body = {"username": person["username"], "password": person["password"]}
    response = requests.post(f"{platform.url}/api/v1/login", json=body, timeout=10)
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['token']}", "X-Plantrace-Tenant": "slow"}


def withdraw(platform: Platform, person: dict[str, Any], **change: Any) -> None:
    admin = sign_in(platform, platform.people["slow-admin"])
    members = requests.get(f"{platform.url}/api/v1/members", headers=admin, timeout=10).json()["results"]
    (id,) = [row["id"] for row in members if row["username"] == person["username"]]
    response = requests.patch(f"{platform.url}/api/v1/members/{id}", json=change, headers=admin, timeout=10)
    assert response.status_code == 200, response.text


def test_a_stranger_is_not_asked_for_a_body(slow: Platform) -> None:
    path, headers, body = write(slow)
    with pytest.raises(NotLetIn, match="401"):
        SlowRequest(slow, path, {**headers, "Authorization": "Bearer nobody"}, body)


@PLACES
def test_a_slow_body_of_somebody_who_may_is_taken(slow: Platform, member: dict[str, Any], make: Make) -> None:
    before = state_of(slow)
    path, headers, body = make(slow)
    status, answer = SlowRequest(slow, path, {**headers, **sign_in(slow, member)}, body).finish()
    assert status in (200, 201, 202, 204), answer
    deadline = time.monotonic() + 90
    while state_of(slow) == before:
        assert time.monotonic() < deadline


@PLACES
def test_a_body_that_ends_after_its_sender_was_deactivated_changes_nothing(
    slow: Platform, member: dict[str, Any], make: Make
) -> None:
    before = state_of(slow)
    path, headers, body = make(slow)
    request = SlowRequest(slow, path, {**headers, **sign_in(slow, member)}, body)
    withdraw(slow, member, active=False)
    time.sleep(WITHIN_S)
    status, answer = request.finish()
    assert status == 404, answer
    assert state_of(slow) == before
    assert list(slow.home.folder("uploads").glob("*.upload")) == [], "nothing is left on the disk"


@pytest.mark.parametrize("make", [write, bulk, upload])
def test_a_body_that_ends_after_its_senders_role_was_lowered_changes_nothing(
    slow: Platform, member: dict[str, Any], make: Make
) -> None:
    before = state_of(slow)
    path, headers, body = make(slow)
    request = SlowRequest(slow, path, {**headers, **sign_in(slow, member)}, body)
    withdraw(slow, member, role="viewer")
    time.sleep(WITHIN_S)
    status, answer = request.finish()
    assert status == 403, answer
    assert state_of(slow) == before


@PLACES
def test_a_body_that_ends_after_its_session_changes_nothing(slow: Platform, member: dict[str, Any], make: Make) -> None:
    before = state_of(slow)
    path, headers, body = make(slow)
    browser = requests.Session()
    credentials = {"username": member["username"], "password": member["password"]}
    address = f"{slow.url}/api/v1/session"
    token = browser.get(address, timeout=10).json()["csrf"]
    signed_in = browser.post(address, json=credentials, headers={"X-CSRFToken": token}, timeout=10)
    assert signed_in.status_code == 200, signed_in.text
    csrf, cookies = signed_in.json()["csrf"], browser.cookies.get_dict()
    signed = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": csrf}
    request = SlowRequest(slow, path, {**headers, **signed, "X-Plantrace-Tenant": "slow"}, body)
    assert browser.delete(address, headers={"X-CSRFToken": csrf}, timeout=10).status_code == 204
    time.sleep(WITHIN_S)
    status, answer = request.finish()
    assert status == 401, answer
    assert state_of(slow) == before


@pytest.mark.parametrize("make", [write, bulk, upload])
def test_a_body_that_ends_after_its_tenant_was_suspended_changes_nothing(
    slow: Platform, member: dict[str, Any], reopened: None, make: Make
) -> None:
    before = state_of(slow)
    path, headers, body = make(slow)
    request = SlowRequest(slow, path, {**headers, **sign_in(slow, member)}, body)
    set_suspended(slow, True)
    time.sleep(WITHIN_S)
    status, text = request.finish()
    assert (status, "suspended" in text) == (503 if make is write else 403, True), text
    set_suspended(slow, False)
    assert state_of(slow) == before
