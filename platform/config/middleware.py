"""Sets the caller and the tenant of every request, and checks CSRF tokens, which only sessions need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast
from weakref import proxy

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from access.resolution import Resolved, resolve
from access.throttling import take_pod_question
from kernel.errors import BadRequest, Forbidden, PlantraceError, Unauthorized, Unavailable
from tenants.pods.authentication import calling_tenant
from web.caller import Caller
from web.problems import error_response
from web.views import is_refused_first, mark_of

View = Callable[..., Any]


class AccessMiddleware:
    """Sets `request.caller` and `request.tenant`. Rejects unauthenticated requests to views not marked public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _put(request, Resolved())
        response = self.get_response(request)
        if getattr(request, "caller", None) is not None:
            patch_vary_headers(response, ("Authorization", "Cookie", "X-Plantrace-Tenant"))
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL accepts none in texts
            return error_response(request, BadRequest("The address contains a NUL character.", slug="bad-address"))
        try:
            self._admit(request, view)
            if marked(view, request, "for_pods"):
                take_pod_question(cast(Any, request).pod_tenant.id)
        except PlantraceError as error:
            return error_response(request, error)
        cast(Any, request).readmit = partial(self._readmit, view)  # without the request, which would hold itself
        return None

    def resolve(self, request: HttpRequest) -> Resolved:
        """The caller and the tenant. Raises kernel errors."""
        return resolve(request)

    def _resolved(self, request: HttpRequest) -> Resolved:
        with _database_away():
            return self.resolve(request)

    def _admit(self, request: Any, view: View) -> None:
        """Raises Unauthorized, NotFound and others, unless the view is open to anybody."""
        if marked(view, request, "for_pods"):  # a tenant's own pod, and nobody else
            with _database_away():
                request.pod_tenant = calling_tenant(request)
            return
        is_public = marked(view, request, "public") or is_refused_first(view, request.method)
        try:
            _put(request, self._resolved(request))
        except PlantraceError:
            _put(request, Resolved())
            if not is_public:
                raise
        if not is_public and request.caller is None:
            raise Unauthorized("Sign in, or send `Authorization: Bearer <token>`.")

    def _readmit(self, view: View, request: Any) -> None:
        """After a body that took long, which `web.bodies` reads: credentials may have been withdrawn meanwhile."""
        if (session := getattr(request, "session", None)) is not None:  # it remembers what it read
            request.session = type(session)(session.session_key)
        self._admit(request, view)


class UserMiddleware(AuthenticationMiddleware):
    """Django's, whose `user` and `auser` would hold the request, and the request them."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(proxy(request))


class SessionCsrfMiddleware(CsrfViewMiddleware):
    """Django's CSRF check for callers with a session cookie, for DRF and plain views alike; never for bearer tokens.

    A view that uses cookies before the user is signed in requests the check with `csrf_needed = True`.
    """

    def process_view(  # type: ignore[override]  # the stubs allow one type of response only
        self, request: HttpRequest, callback: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        caller: Caller | None = getattr(request, "caller", None)
        by_session = caller is not None and caller.via == "session"
        if not by_session and not (caller is None and marked(callback, request, "csrf_needed")):
            return None
        return super().process_view(request, _plain, args, kwargs)

    def _check_token(self, request: HttpRequest) -> None:
        """Check the header only: Django would look for a form field first, and read a whole upload to find it."""
        method, request.method = request.method, "PUT"
        try:
            super()._check_token(request)  # type: ignore[misc]  # missing in the stubs
        finally:
            request.method = method

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse | None:
        return error_response(
            request,
            Forbidden(
                f"{reason} Send the value of the cookie {settings.CSRF_COOKIE_NAME} in the header X-CSRFToken.",
                slug="csrf-failed",
            ),
        )


class ResolvedAuthentication(BaseAuthentication):
    """DRF uses the caller that the middleware resolved; there is no other way to authenticate."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        caller = getattr(request, "caller", None)
        return (caller, None) if caller is not None else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def marked(view: View, request: HttpRequest, mark: str) -> bool:
    return bool(mark_of(view, request.method or "", mark))


@contextmanager
def _database_away() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable("The relational database does not answer.", retry_after=2) from error


def _put(request: Any, resolved: Resolved) -> None:
    request.caller = resolved.caller
    request.tenant = resolved.tenant
    request.tenant_unavailable = resolved.tenant_unavailable
    request.resolved = resolved


def _plain(request: HttpRequest) -> HttpResponse:
    """Replaces the view in the check: DRF marks all its views as exempt."""
    raise AssertionError("never called")
