"""A request may say what its operation declares, and nothing else: a misspelt name is told, never ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from django.http import HttpRequest, HttpResponse

from web.bodies import JsonParser
from web.declared import declared
from web.problems import problem_of
from web.strangers import check_members, unknown_parameter


class ContractMiddleware:
    """Refuses query parameters that the operation does not declare. After it is known who asks, before the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.META.get("QUERY_STRING"):
            return None
        operation = declared(request)
        if operation is None or not (strangers := request.GET.keys() - operation.query):
            return None
        return problem_of(unknown_parameter(min(strangers), operation.query))


class DeclaredJSONParser(JsonParser):
    """DRF's JSON, with nothing in it that the operation does not declare."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        value = super().parse(stream, media_type, parser_context)
        check_members(parser_context["request"]._request, value)
        return value
