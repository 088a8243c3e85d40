"""Prometheus metrics of requests: how many by view, method and status, and how long they took.

Named as django-prometheus names them. Every process counts in a file of its own, and `/metrics` adds them up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
BUCKETS_S = (0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 25, 50, 75)
MAX_SERIES = 5_000

RESPONSES = Counter(
    "django_http_responses_total_by_status_view_method",
    "Number of responses by status, view and method.",
    ["status", "view", "method"],
)
LATENCY = Histogram(
    "django_http_requests_latency_seconds_by_view_method",
    "Time until the response, or until its first byte if it is streamed, by view and method.",
    ["view", "method"],
    buckets=BUCKETS_S,
)


class Series(NamedTuple):
    responses: Counter
    latency: Histogram


class RequestMetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        series = _series(match.view_name if match else "", request.method or "", response.status_code)
        series.responses.inc()
        series.latency.observe(perf_counter() - began)
        return response


@lru_cache(maxsize=MAX_SERIES)
def _series(view: str, method: str, status: int) -> Series:
    labels = {"view": view or "<unnamed view>", "method": method if method in METHODS else "<invalid method>"}
    return Series(RESPONSES.labels(status=str(status), **labels), LATENCY.labels(**labels))
