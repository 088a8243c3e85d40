"""Responses as InfluxDB's servers give them. Their own phrase comes first, as clients search for it; ours follows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ingest.line_protocol.parser import verbatim
from ingest.named_sources.admission import PAUSED
from ingest.named_sources.policy import RETRIES
from ingest.operations import Refusal, Taken
from ingest.sources.influxdb.formats import accepted_type, write_error
from kernel.errors import MethodNotAllowed, PlantraceError
from web.problems import spread
from web.respond import encode

VERSION = "1.8.10"  # whose protocol is spoken here
RETRY_S = 5
SUSPENDED, SUSPENDED_RETRY_S = "tenant-suspended", 60
FULL = frozenset({"backlog-full", "store-full", "disk-full"})  # of 503: there is room again once something was stored
MAX_LINE_CHARS = 200  # of a line in a response
MAX_HEADER_CHARS = 1024  # of X-Influxdb-Error, as InfluxDB cuts it
Response = TypeVar("Response", bound=HttpResponseBase)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # not allowed in a header
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # six bytes each in JSON
_UNAUTHORIZED = {False: "unable to parse authentication credentials", True: "authorization failed"}
_CODES = {
    400: "invalid", 401: "unauthorized", 403: "forbidden", 404: "not found", 405: "method not allowed",
    409: "conflict", 411: "invalid", 413: "request too large", 415: "unsupported media type",
    429: "too many requests", 503: "unavailable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """What a client is told. `line` is the first wrong one; `retry_s`: after how many seconds to try again."""

    status: int
    text: str
    line: int | None = None
    retry_s: int | None = None


def no_content(request: HttpRequest) -> HttpResponse:
    return with_headers(request, HttpResponse(status=204, content_type=_accepted(request)))


def json_response(request: HttpRequest, value: Any) -> HttpResponse:
    return with_headers(request, HttpResponse(encode(value), content_type="application/json"))


def with_headers(request: HttpRequest, response: Response) -> Response:
    """Those of every response: the version, and an id of the request, which the client may choose."""
    given = request.headers.get("X-Request-Id") or request.headers.get("Request-Id") or ""
    id = given[:200] if given.isprintable() and given else str(uuid.uuid4())
    for name, value in (
        ("X-Influxdb-Version", VERSION), ("X-Influxdb-Build", "OSS"), ("Request-Id", id), ("X-Request-Id", id),
    ):  # fmt: skip
        response[name] = value
    return response


def error_v1(request: HttpRequest, error: PlantraceError) -> HttpResponse:
    """What version 1 responds. It is asked to retry later by 503: its clients drop what gets any 4xx."""
    if isinstance(error, MethodNotAllowed):
        return _not_allowed(request)
    phrases = {
        401: _UNAUTHORIZED[_has_credentials(request)],
        403: f'"{_user(request)}" user is not authorized to write to database "{_database(request)}"',
        404: f'database not found: "{_database(request)}"',
    }
    return failure_v1(request, _failure(error, phrases, too_many=503))


def error_query(request: HttpRequest, error: PlantraceError) -> HttpResponse:
    """What version 1 responds to a query. `database` of the error: the one that there is not."""
    if isinstance(error, MethodNotAllowed):
        return _not_allowed(request)
    named = error.extra.get("database", _database(request))
    phrases = {
        401: _UNAUTHORIZED[_has_credentials(request)],
        403: f"error authorizing query: {_user(request)} not authorized to read from database {named}",
        404: f"database not found: {named}",
    }
    return failure_v1(request, _failure(error, phrases, too_many=503))


def error_v2(request: HttpRequest, error: PlantraceError) -> HttpResponse:
    if isinstance(error, MethodNotAllowed):
        return failure_v2(request, Failure(405, f"allow: {error.extra['allow']}"))
    phrases = {
        401: "unauthorized access",
        403: "insufficient permissions for write",
        404: f'bucket "{_database(request)}" not found',
    }
    return failure_v2(request, _failure(error, phrases, too_many=429))


def _not_allowed(request: HttpRequest) -> HttpResponse:
    """As its router writes it, before there is a form."""
    return with_headers(request, HttpResponse("Method Not Allowed\n", "text/plain; charset=utf-8", 405))


def failure_v1(request: HttpRequest, failure: Failure) -> HttpResponse:
    media_type = _accepted(request)
    response = _failed(request, failure, write_error(failure.text, media_type), media_type)
    if failure.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="InfluxDB"'
    else:
        response["X-Influxdb-Error"] = _header(failure.text)
    return response


def failure_v2(request: HttpRequest, failure: Failure) -> HttpResponse:
    code = _CODES.get(failure.status, "internal error")
    body: dict[str, Any] = {"code": code, "message": failure.text}
    if failure.line is not None:
        body["line"] = failure.line
    response = _failed(request, failure, encode(body) + b"\n", "application/json; charset=utf-8")
    response["X-Platform-Error-Code"] = code
    return response


def partial_write(taken: Taken, body: bytes) -> Failure:
    """Names the first wrong lines. `dropped` is InfluxDB's count: of the lines that could be parsed."""
    lines = verbatim(body, [refusal.position for refusal in taken.refusals])
    reasons = [_reason(refusal, line) for refusal, line in zip(taken.refusals, lines, strict=True)]
    if more := taken.refused - len(reasons):
        reasons.append(f"and {more} more lines")
    text, first = "\n".join(reasons), taken.refusals[0].position
    dropped = taken.refused - taken.malformed
    if not taken.stored and not dropped:
        return Failure(400, text, first)
    return Failure(400, f"partial write: {text} dropped={dropped}", first)


def _reason(refusal: Refusal, line: bytes) -> str:
    reason = f"{refusal.reason} (line {refusal.position})"
    return reason if refusal.decoded else f"unable to parse '{_shown(line)}': {reason}"


def _shown(line: bytes) -> str:
    text = line[: MAX_LINE_CHARS * 4].decode(errors="replace").strip("\r")
    text = _UNREADABLE.sub("\ufffd", text)
    return text if len(text) <= MAX_LINE_CHARS else f"{text[: MAX_LINE_CHARS - 1]}…"


def _failure(error: PlantraceError, phrases: Mapping[int, str], too_many: int) -> Failure:
    """`phrases`: the version's own, by status; `too_many`: the status by which it says to wait."""
    status, wait = error.status, error.extra.get("retry_after")
    if error.problem in (SUSPENDED, PAUSED):
        status, wait = too_many, SUSPENDED_RETRY_S
    elif status == 429 or error.problem in FULL or error.problem == RETRIES:
        status = too_many
    if status in (429, 503):  # a limit says exactly when it ends; all others are spread
        seconds, exact = int(wait or RETRY_S), bool(wait) and error.status == 429
        return Failure(status, error.detail, retry_s=seconds if exact else spread(seconds))
    phrase = "Request Entity Too Large" if status == 413 else phrases.get(status, "")
    return Failure(status, f"{phrase}: {error.detail}" if phrase else error.detail)


def _user(request: HttpRequest) -> str:
    caller = getattr(request, "caller", None)
    return caller.username if caller is not None else ""


def _database(request: HttpRequest) -> str:
    """The name of what the client wanted to write to, for a sentence."""
    named = request.headers.get("X-Plantrace-Tenant") or request.GET.get("tenant")
    return (named or request.GET.get("db") or request.GET.get("bucket") or "")[:64]


def _has_credentials(request: HttpRequest) -> bool:
    return bool(request.headers.get("Authorization") or request.GET.get("u") or request.COOKIES)


def _accepted(request: HttpRequest) -> str:
    return accepted_type(request.headers.get("Accept", ""))


def _failed(request: HttpRequest, failure: Failure, body: bytes, content_type: str) -> HttpResponse:
    response = with_headers(request, HttpResponse(body, content_type, failure.status))
    if failure.retry_s is not None:
        response["Retry-After"] = str(failure.retry_s)
    return response


def _header(text: str) -> str:
    return _CONTROL.sub(" ", text)[:MAX_HEADER_CHARS].encode("ascii", "replace").decode()
