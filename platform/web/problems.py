"""Every error leaves as `application/problem+json` (RFC 9457), from DRF and plain views alike.

Addresses that speak another protocol name a form of their own by `formats_errors`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf

from kernel.errors import MethodNotAllowed, PlantraceError, shortened
from web.respond import encode
from web.views import mark_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
NON_FIELD_ERRORS = "non_field_errors"  # DRF's name for what is wrong with the whole
ErrorForm = Callable[[HttpRequest, PlantraceError], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])


def formats_errors(form: ErrorForm) -> Callable[[View], View]:
    """Decorate the view of an address whose clients expect errors in a form of their protocol, whoever raises them."""

    def decorate(view: View) -> View:
        view.error_form = form  # type: ignore[attr-defined]
        return view

    return decorate


def error_response(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """As the address wants it: a problem document unless its view says otherwise; None for an error we do not know."""
    match = request.resolver_match
    form = mark_of(match.func, request.method or "", "error_form") if match is not None else None
    if form is None or not isinstance(error, PlantraceError):
        return problem_of(error)
    response: HttpResponse = form(request, error)
    return response


def problem(status: int, slug: str, title: str, detail: str, **extra: Any) -> HttpResponse:
    """One problem document: `type`, `title`, `status`, `detail` and any further members."""
    if status == 503 and extra.get("retry_after"):
        extra["retry_after"] = spread(extra["retry_after"])
    if "errors" in extra:
        extra["errors"] = [_shortened(each) for each in msgspec.to_builtins(extra["errors"])]
    body = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": shortened(detail), **extra}
    response = HttpResponse(encode(body), status=status, content_type=MEDIA_TYPE)
    if retry_after := extra.get("retry_after"):
        response["Retry-After"] = str(retry_after)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _shortened(error: dict[str, Any]) -> dict[str, Any]:
    return {name: shortened(value) if isinstance(value, str) else value for name, value in error.items()}


def spread(seconds: int) -> int:
    """One to two times `seconds`: clients that are refused together do not retry together."""
    return seconds + random.randint(0, seconds)


def problem_of(error: Exception) -> HttpResponse | None:
    """The problem document of an error we know; None for one we do not."""
    match error:
        case PlantraceError():
            return problem(error.status, error.problem, error.title, error.detail, **_with_errors(error))
        case Http404():
            return problem(404, "not-found", "Not found", str(error) or "This address does not exist.")
        case PermissionDenied():
            return problem(403, "forbidden", "Not allowed", str(error) or "Not allowed.")
        case RequestDataTooBig():
            return problem(413, "too-large", "Too large", "The body is larger than this address accepts.")
        case SuspiciousOperation():
            return problem(400, "bad-request", "Bad request", str(error) or "The request is malformed.")
        case drf.ValidationError():
            return problem(400, "invalid", "Bad request", _sentence(error.detail), errors=list(_listed(error.detail)))
        case drf.MethodNotAllowed():
            return HttpResponse(status=405)  # DRF sets Allow, ProblemMiddleware writes the document
        case drf.APIException():
            return _of_drf(error)
    return None


def _with_errors(error: PlantraceError) -> dict[str, Any]:
    """An error about one place of the request lists it in `errors`, like all others."""
    named = error.extra.get("field") or error.extra.get("parameter")
    if error.status != 400 or named is None or "errors" in error.extra:
        return error.extra
    return {**error.extra, "errors": [{"field": named, "message": error.detail}]}


def _of_drf(error: drf.APIException) -> HttpResponse:
    slug = str(error.default_code).replace("_", "-")
    return problem(error.status_code, slug, slug.replace("-", " ").capitalize(), _sentence(error.detail))


def _sentence(detail: Any) -> str:
    """One readable line of DRF's nested error details: `name: This field is required.`"""
    if isinstance(detail, dict):
        return " ".join(f"{key}: {_sentence(value)}" for key, value in detail.items())
    if isinstance(detail, (list, tuple)):
        return " ".join(_sentence(item) for item in detail)
    return str(detail)


def _listed(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested error details, flattened into our form of `errors`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            inner = "" if key == NON_FIELD_ERRORS else f"[{key}]" if isinstance(key, int) else f".{key}"
            yield from _listed(value, f"{field}{inner}".removeprefix("."))
    elif isinstance(detail, (list, tuple)):
        nested = any(isinstance(item, (dict, list)) for item in detail)
        for index, item in enumerate(detail):
            yield from _listed(item, f"{field}[{index}]" if nested else field)
    else:
        yield {"field": field, "message": str(detail)}


def drf_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER."""
    return problem_of(error)


class ProblemMiddleware:
    """Turns what a plain view raises into a problem document."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return _not_allowed(request, response["Allow"]) or response
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, error)


def _not_allowed(request: HttpRequest, allowed: str) -> HttpResponse | None:
    response = error_response(request, MethodNotAllowed(f"{request.path} takes {allowed} only.", allow=allowed))
    if response is not None:
        response["Allow"] = allowed
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(404, "not-found", "Not found", f"{request.path} does not exist.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django rejects before any view is called: an unknown host, a malformed body."""
    response = problem_of(exception) if exception is not None else None
    return response or problem(400, "bad-request", "Bad request", "The request is malformed.")


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(500, "internal-error", "Internal error", "The error is in the log of the web process.")
