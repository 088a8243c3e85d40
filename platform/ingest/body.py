"""The body of a request, bounded before and after inflating."""

from __future__ import annotations

import zlib
from typing import Any

from django.http import HttpRequest

from kernel.errors import BadRequest, TooLarge

MOST_BYTES = 25_000_000  # as InfluxDB's own max-body-size
MAX_MEMBERS = 1_000  # of a gzipped body
_CHUNK = 1 << 16


def read_body(request: HttpRequest, most: int = MOST_BYTES) -> bytes:
    """The body, inflated if it is gzipped. TooLarge beyond `most` bytes, BadRequest for a broken gzip."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    body = _read(_stream(request, declared), most)
    match request.headers.get("Content-Encoding", "identity").strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return inflate(body, most)
        case other:
            raise BadRequest(f"Content-Encoding: {other} is unknown here; send gzip or none.", slug="bad-encoding")


def inflate(body: bytes, most: int) -> bytes:
    """The content of a gzip file of one or more members, never more than `most` bytes of it."""
    parts: list[bytes] = []
    size, members = 0, 0
    inflater = None
    for start in range(0, len(body), _CHUNK):
        rest = body[start : start + _CHUNK]  # what follows a member is copied: a little each time
        while rest:
            if inflater is None:
                inflater, members = zlib.decompressobj(16 + zlib.MAX_WBITS), members + 1
            if members > MAX_MEMBERS:
                raise BadRequest(f"The gzipped body has more than {MAX_MEMBERS} members.", slug="bad-gzip")
            try:
                parts.append(inflater.decompress(rest, most - size + 1))
            except zlib.error as error:
                why = f"The body is not gzip, though the header says so: {error}."
                raise BadRequest(why, slug="bad-gzip") from None
            size += len(parts[-1])
            if size > most:
                raise _too_large(most)
            rest = inflater.unused_data
            inflater = None if inflater.eof else inflater
    if inflater is not None:
        raise BadRequest("The gzipped body ends too early.", slug="bad-gzip")
    return b"".join(parts)


def _stream(request: HttpRequest, declared: str) -> Any:
    """Where to read. Django takes a body of undeclared length for empty; clients that gzip on the fly send chunks."""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    return request.META["wsgi.input"] if chunked and not declared and "wsgi.input" in request.META else request


def _read(stream: Any, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {most:,} bytes (after inflating); send smaller batches.", slug="body-too-large"
    )
