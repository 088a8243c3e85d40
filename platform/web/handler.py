"""Django's WSGI handler: whole answers are sent at once, and the views of addresses are remembered.

People ask for the same few addresses again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver

MAX_ADDRESSES = 1_000
MAX_CHARS = 200  # of an address that is remembered


class Handler(WSGIHandler):
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        response = super().__call__(environ, start_response)
        if not isinstance(response, HttpResponse):
            return response
        try:
            return [response.content]  # granian sends a list at once, anything else piece by piece
        finally:
            response.close()

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        path = request.path_info
        match = _remembered(path) if len(path) <= MAX_CHARS else get_resolver().resolve(path)
        request.resolver_match = match
        return match


@lru_cache(maxsize=MAX_ADDRESSES)
def _remembered(path: str) -> ResolverMatch:
    """Nobody changes a match. Raises Resolver404, which is not remembered."""
    return get_resolver().resolve(path)
