"""A request is freed with its response: what waits for the garbage collector keeps its body, hundreds of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor

BODY = b"x" * 1_000_000


@pytest.fixture
def handler() -> Iterator[ClientHandler]:
    """The garbage collector does not help it."""
    handler = ClientHandler(enforce_csrf_checks=False)
    gc.collect()
    gc.disable()
    yield handler
    gc.enable()


def requests_in_memory() -> int:
    return sum(type(each) is WSGIRequest for each in gc.get_objects())


def answer(handler: ClientHandler, client: Client, method: str, path: str, body: bytes, **headers: Any) -> int:
    headers["HTTP_AUTHORIZATION"] = client.defaults["HTTP_AUTHORIZATION"]
    environ = RequestFactory().generic(method, path, body, "application/json", **headers).environ
    status: int = handler(environ).status_code
    return status


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/sites", b"", 200),
        ("GET", "/api/v1/sites/nowhere", b"", 404),
        ("GET", "/nowhere", b"", 404),
        ("PUT", "/api/v1/mapping", b'{"rules":1,"x":"%s"}' % BODY, 400),
        ("PUT", "/api/v1/mapping", b'{"rules":1}', 400),
        ("PUT", "/api/v1/mapping", b"[" + BODY, 400),
        ("POST", "/api/v1/mapping/test", b'{"rules":[{"name":"{","site":"a","sensor":"b"}]}', 400),
        ("POST", "/api/v1/sites/bulk", b'{"items":[{"slug":1}]}', 400),
        ("POST", "/api/v1/events", b"[1]", 400),
        ("POST", "/query?q=SELECT", b"", 400),
        ("POST", "/write", b"nonsense " + BODY, 400),
        ("POST", "/api/v2/write", b"nowhere,sensor=x value=1\nnowhere load=1", 400),
        ("DELETE", "/api/v1/mapping", b"", 405),
    ],
)
def test_a_request_is_freed_without_the_garbage_collector(
    handler: ClientHandler,
    acme: TenantConnection,
    client_for: ClientFor,
    method: str,
    path: str,
    body: bytes,
    status: int,
) -> None:
    client = client_for("engineer", acme)
    before = requests_in_memory()
    for _ in range(3):
        assert answer(handler, client, method, path, body) == status
    assert requests_in_memory() == before
