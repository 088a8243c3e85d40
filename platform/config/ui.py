"""The web UI: one page (`index.html`) for every address that a person may open; its scripts are under /static/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from web.address import host_without_port
from web.content_policy import HEADER, policy_of
from web.requires import public
from web.views import get

NOT_BUILT = (
    "<!doctype html><title>Plantrace</title><p>The web UI is not built. Run <code>make setup</code> and start again; "
    "the API under <code>/api/</code> works without it.</p>"
)


@cache
def _read(file: Path, changed_ns: int) -> bytes:
    return file.read_bytes()


def _index(request: HttpRequest, status: int) -> HttpResponse:
    file = Path(settings.FRONTEND) / "index.html"
    try:
        page = _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503)
    response = HttpResponse(page, status=status)
    if settings.STREAM_PORT and not settings.HTTPS:
        response[HEADER] = _policy_with(f"{host_without_port(request)}:{settings.STREAM_PORT}")
    return response


def _policy_with(stream: str) -> str:
    """The page may also connect to the live stream, at another port of its host."""
    usual = settings.CONTENT_SECURITY_POLICY
    return policy_of({**usual, "connect-src": [*usual["connect-src"], stream]})


@public
@get
@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest, **_: str) -> HttpResponse:
    """The UI's page, which routes by the address. Never cached: it refers to the scripts of this build."""
    return _index(request, 200)


@public
@get
@never_cache
@ensure_csrf_cookie
def not_found_page(request: HttpRequest) -> HttpResponse:
    """The UI's "not found" page, with status 404 for robots and scripts."""
    return _index(request, 404)


VIEWS = ("home", "plant", "trends", "alarms", "work", "dashboards", "data", "members", "audit")

urlpatterns = [
    path("", page, name="ui"),
    *(path(f"{name}", page) for name in ("sign-in", "password-reset", "tenants", "account", "operators")),
    path("invite/<str:token>", page),
    path("password-reset/<str:token>", page),
    path("operators/tenants", page),
    path("operators/tenants/new/<slug:slug>", page),
    path("operators/tenants/<slug:slug>", page),
    path("operators/clusters", page),
    path("operators/releases", page),
    path("operators/releases/<slug:rollout>", page),
    path("t/<slug:slug>", page),
    path("t/<slug:slug>/plant/<str:schematic>/edit", page),
    path("t/<slug:slug>/dashboards/<str:dashboard>/report", page),
    re_path(rf"^t/(?P<slug>[^/]+)/(?P<view>{'|'.join(VIEWS)})(?P<rest>/[^/]+)?$", page),
    # Requests from programs never get a page.
    re_path(r"^(?!(?:api|internal|static|write|query|ping|metrics|healthz|readyz|problems)(?:/|$)).+$", not_found_page),
]
