"""Bodies as passed on by the real server: with a length, in chunks, and too long."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests

from tests.installation import Platform


def chunks(body: bytes, size: int = 10_000) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_stranger_s_body_is_bounded(platform: Platform, chunked: bool) -> None:
    address = f"{platform.url}/api/v1/session"
    headers = {"Content-Type": "application/json"}
    wrong = json.dumps({"username": "nobody", "password": "x" * 10}).encode()
    cookies = requests.get(address, timeout=10).cookies
    headers["X-CSRFToken"] = cookies.get("plantrace_csrf", "")
    for padding, status in ((0, {400, 401, 403}), (64 << 10, {413})):
        body = wrong + b" " * padding
        response = requests.post(
            address, data=chunks(body) if chunked else body, headers=headers, cookies=cookies, timeout=10
        )
        assert response.status_code in status, response.text
        assert response.headers["Content-Type"] == "application/problem+json"
