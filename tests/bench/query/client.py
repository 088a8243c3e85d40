"""The HTTP client of all measurements: a single kept-alive connection, each response read to its end."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec


class Refused(Exception):
    """The server returned something else than requested."""


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    type: str

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Connection:
    def __init__(self, url: str, headers: Mapping[str, str] | None = None, timeout_s: float = 600) -> None:
        address = urlsplit(url)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout_s)
        self._headers = dict(headers or {})
        self._buffer = bytearray(1 << 20)

    def get(self, path: str, **query: Any) -> Answer:
        return self._answer(self._ask("GET", f"{path}?{urlencode(query)}" if query else path))

    def post(self, path: str, body: object, type: str = "application/json", accept: str = "*/*") -> Answer:
        """`body`: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self._answer(self._ask("POST", path, data, {"Content-Type": type, "Accept": accept}))

    def drain(self, path: str, accept: str, **query: Any) -> int:
        """Read and discard a response of any size; returns the number of bytes."""
        response = self._ask("GET", f"{path}?{urlencode(query)}", headers={"Accept": accept})
        self._ensure(response, b"")
        total = 0
        while count := response.readinto(self._buffer):
            total += count
        return total

    def _ask(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        try:
            return self._send(method, target, body, headers or {})
        except ConnectionError:  # servers end what was idle for long; the next request opens it again
            return self._send(method, target, body, headers or {})

    def _send(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        try:
            self._http.request(method, target, body, {**self._headers, **headers})
            return self._http.getresponse()
        except OSError:
            self._http.close()
            raise

    def _answer(self, response: http.client.HTTPResponse) -> Answer:
        body = response.read()
        self._ensure(response, body)
        return Answer(body, response.headers.get_content_type())

    def _ensure(self, response: http.client.HTTPResponse, body: bytes) -> None:
        if response.status >= 300:
            raise Refused(f"{response.status} {(body or response.read())[:400].decode(errors='replace')}")

    def close(self) -> None:
        self._http.close()
