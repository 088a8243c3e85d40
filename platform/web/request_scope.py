"""Each request releases what it holds of its tenant's share once its last byte is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stores.request_scope import begin_request


class RequestScopeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        scope = begin_request()
        try:
            response = self.get_response(request)
        except BaseException:
            scope.end()
            raise
        if response.streaming:
            response._resource_closers.append(scope.end)  # type: ignore[attr-defined]  # as Django does with files
        else:
            scope.end()
        return response
