"""InfluxDB's own endpoints, compatible with its clients."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse

from ingest.line_protocol.parser import PRECISIONS
from ingest.sources.influxdb.operations import take_lines
from kernel.errors import BadRequest, PlantraceError
from web import query
from web.bodies import decoded, read_all, takes
from web.caller import tenant_of
from web.problems import problem_of
from web.requires import public, requires
from web.views import get, post

MAX_BYTES = 25_000_000  # InfluxDB's own max-body-size
VERSION = "1.8.10"  # whose protocol is spoken here


@post
@takes(MAX_BYTES, streamed=True)  # so that InfluxDB's clients can read a refusal
@requires(scope="ingest")
def write(request: HttpRequest) -> HttpResponse:
    """`POST /write` and `POST /api/v2/write`: 204 once every line is durable; else nothing was stored."""
    try:
        factor = _factor(request.GET.get("precision", "ns"))
        body = decoded(request, read_all(request), MAX_BYTES)
        take_lines(tenant_of(request), body, factor, time.time_ns())
    except PlantraceError as error:
        return _as_influxdb(error)
    return HttpResponse(status=204, headers=_versions())


@get
@public
def ping(request: HttpRequest) -> HttpResponse:
    """`GET /ping`: clients look for the version before they write."""
    if query.flag(request, "verbose"):
        body = f'{{"version":"{VERSION}"}}'
        return HttpResponse(body, content_type="application/json", headers=_versions())
    return HttpResponse(status=204, headers=_versions())


def _versions() -> dict[str, str]:
    return {"X-Influxdb-Version": VERSION, "X-Influxdb-Build": "OSS"}


def _factor(precision: str) -> int:
    factor = PRECISIONS.get(precision)
    if factor is None:
        raise BadRequest(
            f"precision={precision} is unknown; it is one of n, ns, u, us, ms, s, m, h.",
            slug="bad-precision",
            parameter="precision",
        )
    return factor


def _as_influxdb(error: PlantraceError) -> HttpResponse:
    """A problem document that also has the members and the header that InfluxDB's clients print."""
    error.extra |= {"error": error.detail, "message": error.detail, "code": _CODES.get(error.status, "internal error")}
    response = problem_of(error)
    assert response is not None
    response["X-Influxdb-Error"] = error.detail.splitlines()[0][:500].encode("ascii", "replace").decode()
    for name, value in _versions().items():
        response[name] = value
    return response


_CODES = {
    400: "invalid", 401: "unauthorized", 403: "forbidden", 404: "not found", 413: "request too large",
    429: "too many requests", 503: "unavailable",
}  # fmt: skip
