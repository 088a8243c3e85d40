"""Each request is a visit, which gives back what it holds of its tenant's share when its last byte was taken."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stores.visits import begin_visit


class VisitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visit = begin_visit()
        try:
            response = self.get_response(request)
        except BaseException:
            visit.end()
            raise
        if response.streaming:
            response._resource_closers.append(visit.end)  # type: ignore[attr-defined]  # as Django does with files
        else:
            visit.end()
        return response
