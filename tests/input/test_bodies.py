"""Every endpoint has a maximum body size, and rejects longer bodies before parsing.

Generated from the URL patterns, so that new endpoints are included.
"""

from __future__ import annotations

import gzip
import json
import re
import tracemalloc
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from kernel.errors import BadRequest, TooLarge
from kernel.tenancy import TenantConnection
from tests.access.routes import VERBS, Route, walk
from tests.conftest import ClientFor
from web.bodies import DEFAULT_BODY, GIB, inflate, max_body
from web.decoding import decode_json
from web.views import mark_of

SMALL = 32 << 20  # what a test sends in whole
PUBLIC_BODY = 64 << 10


class Unread(BytesIO):
    """A body of which the server may look at `limit` bytes and one chunk."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__()
        self.length, self.left, self.limit, self.taken = length, length, limit, 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None and size >= 0, "it asks for everything that comes"
        size = min(size, self.left)
        self.left -= size
        self.taken += size
        assert self.taken <= self.limit + (1 << 16) + 1, "more is read than the address takes"
        return b" " * size


@pytest.fixture
def client(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("admin", acme, ("read", "write", "ingest"))


def addresses() -> Iterator[tuple[Route, str]]:
    """All endpoints except those for tenants' own pods."""
    for route in walk(get_resolver().url_patterns, "/"):
        for verb in VERBS if not route.is_internal else ():
            yield route, verb


def path_of(route: Route) -> str:
    path = re.sub(r"\{\w+\}", "x1", route.path)
    return "/" if "(" in path or "^" in path else path


def ask(client: Client, verb: str, path: str, body: BytesIO, **environ: Any) -> HttpResponse:
    answer: HttpResponse = client.generic(
        verb.upper(), path, b"", "application/json", **{"wsgi.input": body, "CONTENT_LENGTH": "", **environ}
    )
    return answer


def test_every_address_has_a_bound_and_public_ones_a_small_one() -> None:
    bounds = {(verb, route.path): max_body(route.view, verb) for route, verb in addresses()}
    public = {(verb, route.path) for route, verb in addresses() if mark_of(route.view, verb, "public")}
    assert len(bounds) > 100 and len(public) > 5
    assert {where: bound for where, bound in bounds.items() if not 0 < bound <= 64 * GIB} == {}
    assert {where: bounds[where] for where in public if bounds[where] > PUBLIC_BODY} == {}, "open to anybody"


def test_a_declared_length_beyond_the_bound_is_refused_with_nothing_read(client: Client) -> None:
    accepted: dict[tuple[str, str], Any] = {}
    for route, verb in addresses():
        bound = max_body(route.view, verb)
        body = Unread(bound + 1, 0)
        kind = "multipart/form-data; boundary=x" if bound > SMALL else "application/json"
        length = {"CONTENT_LENGTH": str(bound + 1), "CONTENT_TYPE": kind}
        response = ask(client, verb, path_of(route), body, **length)
        if not refused(response) or body.taken:
            accepted[verb, route.path] = response.status_code, body.taken
    assert accepted == {}


def test_a_body_without_a_length_is_read_up_to_the_bound_and_refused(client: Client) -> None:
    accepted: dict[tuple[str, str], Any] = {}
    for route, verb in addresses():
        if (bound := max_body(route.view, verb)) > SMALL:
            continue  # uploads say their length: test_an_upload_must_declare_its_length
        response = ask(
            client, verb, path_of(route), Unread(bound * 2 + 100_000, bound), HTTP_TRANSFER_ENCODING="chunked"
        )
        if not refused(response):
            accepted[verb, route.path] = response.status_code
    assert accepted == {}


def test_compressed_bodies_are_limited_by_their_decompressed_size(client: Client) -> None:
    accepted: dict[tuple[str, str], Any] = {}
    for route, verb in addresses():
        if (bound := max_body(route.view, verb)) > SMALL:
            continue
        packed = spaces(bound + 1)
        for length in ({"CONTENT_LENGTH": str(len(packed))}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
            response = ask(client, verb, path_of(route), BytesIO(packed), HTTP_CONTENT_ENCODING="gzip", **length)
            if not refused(response):
                accepted[verb, route.path] = response.status_code
    assert accepted == {}


@cache
def spaces(count: int) -> bytes:
    """Compressed."""
    return gzip.compress(b" " * count, 1)


def refused(response: HttpResponse) -> bool:
    """Too large; or refused before the body mattered, by a view that reads it piece by piece and takes other verbs."""
    if response.status_code != 413:
        return response.status_code == 405 and response.wsgi_request.path in STREAMED  # type: ignore[attr-defined]
    as_influxdb = response.wsgi_request.path in (*STREAMED, "/query", "/ping", "/health", "/ready")  # type: ignore[attr-defined]
    assert response["Content-Type"].split(";")[0] == ("application/json" if as_influxdb else "application/problem+json")
    return True


STREAMED = ("/write", "/api/v2/write")


def test_anonymous_callers_are_rejected_before_their_body_is_read() -> None:
    body = Unread(100, -(1 << 16))
    response = ask(Client(), "post", "/api/v1/sensors", body, HTTP_TRANSFER_ENCODING="chunked")
    assert (response.status_code, body.taken) == (401, 0)


def test_a_body_at_the_bound_is_read_with_and_without_length_and_compressed(client: Client) -> None:
    text = b'{"slug": "harbour", "name": "Harbour", "timezone": "nowhere"' + b" " * 10_000 + b"}"
    packed = gzip.compress(text)
    responses = [
        ask(client, "post", "/api/v1/sites", BytesIO(text), CONTENT_LENGTH=str(len(text))),
        ask(client, "post", "/api/v1/sites", BytesIO(text), HTTP_TRANSFER_ENCODING="chunked"),
        ask(client, "post", "/api/v1/sites", BytesIO(packed), HTTP_TRANSFER_ENCODING="chunked",
            HTTP_CONTENT_ENCODING="gzip"),
        ask(client, "post", "/api/v1/sites", BytesIO(packed), CONTENT_LENGTH=str(len(packed)),
            HTTP_CONTENT_ENCODING="gzip"),
    ]  # fmt: skip
    assert {response.status_code for response in responses} == {400}
    assert {response.content for response in responses} == {responses[0].content}
    assert b"nowhere" in responses[0].content


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({"HTTP_CONTENT_ENCODING": "br"}, "bad-encoding"),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, "bad-gzip"),
        ({"CONTENT_LENGTH": "１２"}, "bad-length"),
        ({"CONTENT_LENGTH": "-1"}, "bad-length"),
        ({"CONTENT_LENGTH": "9" * 25}, "bad-length"),
    ],
)
def test_unreadable_bodies_are_reported(client: Client, headers: dict[str, str], slug: str) -> None:
    response = ask(client, "post", "/api/v1/sites", BytesIO(b"{}"), **{"CONTENT_LENGTH": "2", **headers})
    assert response.status_code == 400
    assert response.json()["type"] == f"/problems/{slug}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/sites", "/api/v1/login"])
@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 12_000, b'{"a": ' + b"1" * 50_000 + b"}"])
def test_nesting_and_endless_numbers_are_refused(client: Client, path: str, body: bytes) -> None:
    response = client.post(path, body, content_type="application/json")
    assert response.status_code == 400, response.content


@pytest.mark.parametrize("path", ["/api/v1/sites", "/api/v1/login", "/api/v1/assets/bulk"])
def test_texts_with_a_nul_are_refused_everywhere(client: Client, path: str) -> None:
    body = {"name": "a", "items": [{"b\0c": "x"}, {"description": "1\0"}]}
    response = client.post(path, json.dumps(body), content_type="application/json")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-body")
    assert [error["field"] for error in response.json()["errors"]] == ["items[0].b�c", "items[1].description"]


def test_a_text_that_only_mentions_nul_is_accepted() -> None:
    assert decode_json(rb'{"a": "\\u0000"}') == {"a": r"\u0000"}
    with pytest.raises(BadRequest):
        decode_json(b"[" * 900 + rb'"\u0000"' + b"]" * 900)


@pytest.mark.parametrize("path", ["/api/v1/sites/%00", "/api/v1/session?x=%00", "/internal/v1/tenant?x=%00", "/t/%00"])
def test_a_url_with_a_nul_is_rejected_for_every_caller(path: str) -> None:
    assert Client().get(path).status_code == 400


def test_json_is_read_by_parsers_of_ours_everywhere() -> None:
    parsers = {
        parser
        for route in walk(get_resolver().url_patterns, "/")
        for parser in getattr(getattr(route.view, "cls", None), "parser_classes", ())
    }
    others = {parser.__name__ for parser in parsers if not parser.__module__.startswith("web.")}
    assert others <= {"MultiPartParser"}, "DRF's own falls over a body of brackets"


def test_an_upload_must_declare_its_length(client: Client) -> None:
    body = Unread(100, 0)
    response = ask(client, "post", "/api/v1/imports", body, HTTP_TRANSFER_ENCODING="chunked",
                 CONTENT_TYPE="multipart/form-data; boundary=x")  # fmt: skip
    assert (response.status_code, body.taken) == (411, 0)


def test_the_default_limit_suits_public_endpoints() -> None:
    assert DEFAULT_BODY <= PUBLIC_BODY


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_a_gzipped_body_is_inflated_whole_whatever_its_size(size: int) -> None:
    for content in (b"a" * size, Random(size).randbytes(size)):
        for level in (0, 1, 9):
            packed = gzip.compress(content, level)
            assert inflate(packed, size) == content
            assert inflate(packed + packed, 2 * size) == content * 2
            with pytest.raises(BadRequest, match="ends too early"):
                inflate(packed[:-1], size)
            if size:
                with pytest.raises(TooLarge):
                    inflate(packed, size - 1)


def test_inflating_takes_little_more_memory_than_the_body() -> None:
    packed = gzip.compress(b"works,sensor=TT-1 value=1\n" * 400_000)
    tracemalloc.start()
    try:
        size = len(inflate(packed, 25_000_000))
        assert tracemalloc.get_traced_memory()[1] < size * 1.5
    finally:
        tracemalloc.stop()
