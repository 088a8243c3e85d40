"""A WSGI application that streams, without end or for long enough to be read slowly, and knows its processes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

CHUNK = b"#" * (64 << 10)
LONG = 16  # chunks
PROCESSES = {"loaded_in": os.getpid()}


def post_fork() -> None:
    PROCESSES["worker"] = os.getpid()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    status = "413 Content Too Large" if environ["PATH_INFO"] == "/refused" else "200 OK"
    start_response(status, [("Content-Type", "text/plain"), ("Connection", "close")])
    match environ["PATH_INFO"]:
        case "/endless":
            return repeat(CHUNK)
        case "/long":
            return repeat(CHUNK, LONG)
        case "/processes":
            return [json.dumps(PROCESSES).encode()]
        case _:
            return [b"here"]
