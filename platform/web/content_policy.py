"""The Content-Security-Policy of every response, from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"


class ContentPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._policy = policy_of(settings.CONTENT_SECURITY_POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self._policy)
        return response


def policy_of(directives: Mapping[str, Sequence[str]]) -> str:
    """The value of the header."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
