"""Asks the web process who wants a stream, with the credentials of that request."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from stream.subscription import QUESTION, Subscription

TIMEOUT_S = 10.0
MAX_ANSWER = 1 << 20  # bytes
# What decides who asks, which tenant is meant, and where the request came from.
FORWARDED = (
    *("authorization", "cookie", "host", "x-plantrace-tenant", "user-agent"),
    *("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip"),
)
_decode = msgspec.json.Decoder(Subscription).decode


@dataclass(frozen=True, slots=True)
class Question:
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """As the web process answered. `is_final`: the same question will not be answered otherwise."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def is_final(self) -> bool:
        return self.status in (400, 401, 403, 404)


AWAY = Refusal(
    503,
    b'{"type":"/problems/unavailable","title":"Service unavailable","status":503,'
    b'"detail":"The web process does not answer. Try again in a moment.","retry_after":2}',
    {"content-type": "application/problem+json", "retry-after": "2"},
)


class WebProcess:
    """`url`: where the web process, or the service of all of them, is reached."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._secure, self._address = parts.scheme == "https", parts.netloc

    def ask(self, question: Question) -> Subscription | Refusal:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._address, timeout=TIMEOUT_S)
        try:
            connection.request("GET", f"{QUESTION}?{question.query}", headers=dict(question.headers))
            response = connection.getresponse()
            body = response.read(MAX_ANSWER)
            if response.status != 200:
                return _refusal(response, body)
            return _decode(body)
        except (OSError, http.client.HTTPException, msgspec.MsgspecError):
            return AWAY
        finally:
            connection.close()


def _refusal(response: http.client.HTTPResponse, body: bytes) -> Refusal:
    kept = ("content-type", "retry-after", "www-authenticate")
    return Refusal(response.status, body, {name: value for name in kept if (value := response.getheader(name))})
