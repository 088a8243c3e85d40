"""A request may contain what its operation declares and nothing else: a misspelt name is reported, never ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from django.http import HttpRequest, HttpResponse
from rest_framework.parsers import JSONParser

from kernel.errors import BadRequest, NotFound
from web.decoding import decode_json
from web.openapi.bounds import check_segments
from web.openapi.declared import declared
from web.openapi.unknown_names import check_members, unknown_parameter
from web.problems import error_response


class ContractMiddleware:
    """Rejects query parameters that the operation does not declare, or whose value does not fit.

    Runs after the caller is known, before the view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        try:
            if kwargs and request.path.startswith("/api/"):  # a page's address may contain the secret of a link
                check_segments(kwargs)
            if request.META.get("QUERY_STRING"):
                _check_query(request)
        except (BadRequest, NotFound) as error:
            return error_response(request, error)
        return None


def _check_query(request: HttpRequest) -> None:
    operation = declared(request)
    if operation is None:
        return
    if strangers := request.GET.keys() - operation.query.keys():
        raise unknown_parameter(min(strangers), operation.query.keys())
    for name, text in request.GET.items():
        operation.query[name].check(name, str(text))


class DeclaredJSONParser(JSONParser):
    """DRF's JSON parser, which rejects members that the operation does not declare."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        value = decode_json(stream.read())
        check_members(parser_context["request"]._request, value)
        return value
