"""A WSGI application that streams: without end, or for long enough to be read slowly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

CHUNK = b"#" * (64 << 10)
LONG = 16  # chunks


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    match environ["PATH_INFO"]:
        case "/endless":
            return repeat(CHUNK)
        case "/long":
            return repeat(CHUNK, LONG)
        case _:
            return [b"here"]
