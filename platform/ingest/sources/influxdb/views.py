"""InfluxDB's own endpoints, compatible with its clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from ingest.letters import Origin
from ingest.line_protocol.parser import PRECISIONS
from ingest.sources.influxdb import responses
from ingest.sources.influxdb.operations import NAME, take_lines
from ingest.sources.influxdb.responses import Failure, error_v1, error_v2, failure_v1, failure_v2
from kernel.errors import BadRequest
from web import clock
from web.address import client_address
from web.bodies import decoded, read_all, takes
from web.caller import caller_of, tenant_of
from web.problems import formats_errors
from web.requires import public, requires
from web.views import View, get, methods, post, refuses_methods_first

MAX_BYTES = 25_000_000  # InfluxDB's own max-body-size
PRECISIONS_V1 = frozenset(PRECISIONS)  # two spellings of microseconds more than InfluxDB
PRECISIONS_V2 = frozenset({"ns", "us", "ms", "s"})
CONSISTENCIES = frozenset({"any", "one", "quorum", "all"})
_STARTED = clock.now()


def _writes(precisions: Collection[str], on_failure: Callable[[HttpRequest, Failure], HttpResponse]) -> View:
    """Writes of one version: 204 once every line is durable; else the good ones are, and the others kept."""

    @takes(MAX_BYTES, streamed=True)
    @requires(scope="ingest")
    def write(request: HttpRequest) -> HttpResponse:
        factor = _factor(request, precisions)
        _check_consistency(request)
        body = decoded(request, read_all(request), MAX_BYTES)
        taken = take_lines(tenant_of(request), body, factor, time.time_ns(), _origin(request))
        if taken.refused:
            return on_failure(request, responses.partial_write(taken, body))
        return responses.no_content(request)

    return write


@public
def options(request: HttpRequest) -> HttpResponse:
    """`OPTIONS` of version 1. It allows no other origin, unlike InfluxDB: pages of other sites must not write."""
    return responses.with_headers(request, HttpResponse())


write_v1 = formats_errors(error_v1)(
    refuses_methods_first(methods(POST=_writes(PRECISIONS_V1, failure_v1), OPTIONS=options))
)
write_v2 = formats_errors(error_v2)(post(_writes(PRECISIONS_V2, failure_v2)))


@formats_errors(error_v1)
@get
@public
def ping(request: HttpRequest) -> HttpResponse:
    """`GET /ping`: clients look for the version before they write."""
    if request.GET.get("verbose", "") not in ("", "0", "false"):
        return responses.json_response(request, {"version": responses.VERSION})
    return responses.no_content(request)


@formats_errors(error_v2)
@get
@public
def health(request: HttpRequest) -> HttpResponse:
    """`GET /health`: that the process responds, as InfluxDB's does; `/readyz` checks the parts of the platform."""
    return responses.json_response(
        request,
        {
            "checks": [],
            "message": "ready for queries and writes",
            "name": "influxdb",
            "status": "pass",
            "version": responses.VERSION,
        },
    )


@formats_errors(error_v2)
@get
@public
def ready(request: HttpRequest) -> HttpResponse:
    """`GET /ready`, of version 2: since when the process has been running."""
    now = clock.now()
    return responses.json_response(
        request,
        {"status": "ready", "started": _STARTED.isoformat().replace("+00:00", "Z"), "up": _duration(now - _STARTED)},
    )


def _factor(request: HttpRequest, known: Collection[str]) -> int:
    given = request.GET.get("precision") or "ns"
    if given not in known:
        choices = "ns, us, ms or s" if known is PRECISIONS_V2 else "n, u, ms, s, m or h"
        raise BadRequest(f'invalid precision "{given[:40]}" (use {choices})', slug="bad-precision")
    return PRECISIONS[given]


def _check_consistency(request: HttpRequest) -> None:
    level = request.GET.get("consistency", "")
    if level and level.lower() not in CONSISTENCIES:
        raise BadRequest("invalid consistency level", slug="bad-consistency")


def _origin(request: HttpRequest) -> Origin:
    caller = caller_of(request)
    address = client_address(request)
    return Origin(NAME, request.path, caller.username, caller.token, address, device=caller.device)


def _duration(span: timedelta) -> str:
    """As Go writes it: `1h2m3.5s`."""
    minutes, seconds = divmod(span.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if hours or minutes else ''}{seconds:g}s"
