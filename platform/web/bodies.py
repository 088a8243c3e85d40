"""The maximum size of a request's body. Every address has a limit, which is enforced before the body is parsed.

The default is DEFAULT_BODY; `takes` beside `requires` sets another. The limit applies to what is sent and to its
decompressed size, with a declared length or without. Whoever loses their rights while their body arrives is refused.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any, Protocol, TypeVar, cast
from weakref import proxy

from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest, PlantraceError, TooLarge, Unavailable
from stores.concurrency import QUEUE_TIMEOUT_S, ConcurrencyLimit
from web.problems import error_response
from web.views import mark_of

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
DEFAULT_BODY = 64 * KIB
MAX_MEMBERS = 1_000  # of a gzipped body
_CHUNK, _MAX_PART = 1 << 16, 1 << 20  # read, and inflated at once
RECHECK_AFTER_S = 0.2  # in addition to what a process may learn late: a withdrawn right ends within a second
# A thread that reads a body waits for its sender. Threads of a web process; it has 6 (ADR 0050).
READS = ConcurrencyLimit(per_key=2, total=4)
View = TypeVar("View", bound=Callable[..., Any])


class Stream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int = -1, /) -> bytes: ...


def takes(max_bytes: int, streamed: bool = False) -> Callable[[View], View]:
    """Beside `requires`, on a view or on a DRF view's method: the maximum size of the body.

    `streamed`: the view reads the body piece by piece, and gets TooLarge if it is too long. Others find it complete and
    decompressed.
    """

    def decorate(view: View) -> View:
        view.max_body = max_bytes  # type: ignore[attr-defined]
        view.streams_body = streamed  # type: ignore[attr-defined]
        return view

    return decorate


def max_body(view: Callable[..., Any], method: str) -> int:
    return int(mark_of(view, method, "max_body", DEFAULT_BODY))


class BodiesBusy(Unavailable):
    """As many bodies of a tenant, or of people who are not signed in, are being read as may be."""

    slug, title = "bodies-busy", "Other requests are still being received"

    def __init__(self) -> None:
        super().__init__(
            "Other requests are still being received, slowly. None of this one was read; try again in a moment.",
            retry_after=1,
        )


class BodyLimitMiddleware:
    """Rejects bodies that are too long for their view. Unauthenticated callers have been rejected before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            stream = getattr(request, "_stream", None)
            if isinstance(stream, BoundedStream):
                stream.release()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        chunked = "HTTP_TRANSFER_ENCODING" in request.META
        if not chunked and request.META.get("CONTENT_LENGTH", "") in ("", "0"):
            return None
        try:
            bound_body(request, view, chunked)
        except PlantraceError as error:
            return error_response(request, error)
        return None


def bound_body(request: HttpRequest, view: Callable[..., Any], chunked: bool) -> None:
    """Raises TooLarge, BadRequest, BodiesBusy, and what `check_rights_again` does."""
    method = request.method or ""
    limit, meta = max_body(view, method), request.META
    declared = None if chunked else declared_length(request)
    at_end = partial(check_rights_again, proxy(request), view, time.monotonic())  # which holds the stream
    stream = BoundedStream(_source(request, chunked), limit, declared, _sender(request), at_end)
    request_ = cast(Any, request)
    if mark_of(view, method, "streams_body", False):
        request_._stream = stream
        return
    stream.check()
    encoded = is_encoded(request)
    try:
        body = read_all(stream)
    finally:
        stream.release()
    if encoded:
        body = decoded(request, body, limit)
        del meta["HTTP_CONTENT_ENCODING"]
    request_._stream = BytesIO(body)
    meta["CONTENT_LENGTH"] = str(len(body))


def check_rights_again(request: HttpRequest, view: Callable[..., Any], since: float) -> None:
    """If reading the body took long: whether its sender may still do this. `since` is monotonic.

    Raises what the access middleware and `requires` raise.
    """
    readmit = getattr(request, "readmit", None)
    if readmit is None or time.monotonic() - since < RECHECK_AFTER_S:
        return
    readmit(request)
    requirement = mark_of(view, request.method or "", "requirement")
    if requirement is not None:
        requirement.check(request)


class BoundedStream:
    """A body that raises TooLarge instead of returning more than `limit` bytes; at once if more is declared.

    From the first byte to the last it is one of the bodies that its sender may have read; else BodiesBusy. `at_end` is
    called before the last byte is returned.
    """

    def __init__(
        self, source: Stream, limit: int, declared: int | None, sender: str, at_end: Callable[[], None]
    ) -> None:
        self._source, self._limit, self._declared, self._left = source, limit, declared, limit
        self._sender, self._is_counted, self._at_end = sender, False, at_end

    def check(self) -> None:
        if self._declared is not None and self._declared > self._limit:
            raise too_large(self._limit)

    def read(self, size: int | None = -1) -> bytes:
        return self._take(self._source.read, size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._take(self._source.readline, size)

    def _take(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        self.check()
        if not self._is_counted:
            if not READS.enter(self._sender, QUEUE_TIMEOUT_S):
                raise BodiesBusy()
            self._is_counted = True
        try:
            data = read(self._left + 1 if size is None or size < 0 else min(size, self._left + 1))
        except OSError as error:
            raise BadRequest(f"The body ended early: {error}.", slug="bad-body") from None
        self._left -= len(data)
        ended = not data or (self._declared is not None and self._left <= self._limit - self._declared)
        if ended:
            self.release()
        if self._left < 0:
            raise too_large(self._limit)
        if ended:
            self._at_end()
        return data

    def release(self) -> None:
        if self._is_counted:
            self._is_counted = False
            READS.leave(self._sender)


def read_all(stream: Stream) -> bytes:
    whole = BytesIO()
    while part := stream.read(_CHUNK):
        whole.write(part)
    return whole.getvalue()  # not a copy


def declared_length(request: HttpRequest) -> int | None:
    """The declared length of the body; BadRequest if it is not a number."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadRequest("Content-Length is not a number of bytes.", slug="bad-length")
    return int(text)


def is_encoded(request: HttpRequest) -> bool:
    return _encoding(request) not in ("", "identity")


def decoded(request: HttpRequest, body: bytes, limit: int) -> bytes:
    """The body as it was before `Content-Encoding`, never more than `limit` bytes of it."""
    match _encoding(request):
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return inflate(body, limit)
        case other:
            raise BadRequest(
                f"Content-Encoding: {other[:40]} is not supported; send gzip or none.", slug="bad-encoding"
            )


def inflate(body: bytes, limit: int) -> bytes:
    """The content of a gzip file of one or more members, never more than `limit` bytes of it."""
    whole, members = BytesIO(), 0
    inflater = None
    for start in range(0, len(body), _CHUNK):
        rest, pending = body[start : start + _CHUNK], False  # what follows a member is copied: a little each time
        while rest or pending:
            if inflater is None:
                inflater, members = zlib.decompressobj(16 + zlib.MAX_WBITS), members + 1
            if members > MAX_MEMBERS:
                raise BadRequest(f"The gzipped body has more than {MAX_MEMBERS} members.", slug="bad-gzip")
            try:
                part = inflater.decompress(rest, _MAX_PART)
            except zlib.error as error:
                why = f"The body is not gzip, though the header says so: {error}."
                raise BadRequest(why, slug="bad-gzip") from None
            if whole.tell() + len(part) > limit:
                raise too_large(limit)
            whole.write(part)
            rest, pending = inflater.unconsumed_tail, len(part) == _MAX_PART
            if inflater.eof:
                rest, pending, inflater = inflater.unused_data, False, None
    if inflater is not None:
        raise BadRequest("The gzipped body ends too early.", slug="bad-gzip")
    return whole.getvalue()  # not a copy


def too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than the {limit:,} bytes that this address accepts (decompressed).", slug="body-too-large"
    )


def _encoding(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_CONTENT_ENCODING", "")).strip().lower()


def _sender(request: HttpRequest) -> str:
    tenant = getattr(request, "tenant", None) or getattr(request, "pod_tenant", None)
    return str(tenant.id) if tenant is not None else ""


def _source(request: HttpRequest, chunked: bool) -> Stream:
    """Django treats a body of undeclared length as empty, but clients that compress on the fly send chunks."""
    return cast(Stream, request.META["wsgi.input"] if chunked else cast(Any, request)._stream)
