"""The state of the ladder, retention settings, and deleting the samples of a site."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Site
from catalog.snapshot import snapshot_of
from historian.ladder.status import status_of
from historian.retention import settings as retention
from historian.retention.deletion import delete_samples
from kernel.errors import BadRequest, NotFound
from web.audit import audit
from web.caller import tenant_of
from web.requires import requires
from web.respond import json_response, read_json


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@require_safe
@requires(scope="read", role="viewer")
def ladder(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/ladder`"""
    return json_response(status_of(tenant_of(request), now_ms()))


@require_http_methods(["GET", "HEAD", "PUT"])
@requires()  # what each method asks for stands there
def tenant_retention(request: HttpRequest) -> HttpResponse:
    """`/api/v1/retention`"""
    return _set_retention(request) if request.method == "PUT" else _shown_retention(request)


@require_http_methods(["GET", "HEAD", "PUT", "DELETE"])
@requires()  # what each method asks for stands there
def site_retention(request: HttpRequest, id: str) -> HttpResponse:
    """`/api/v1/sites/{id}/retention`"""
    site = _site(request, id)
    return _shown_retention(request, site) if request.method in ("GET", "HEAD") else _set_retention(request, site)


@require_http_methods(["DELETE"])
@requires(scope="write", role="admin")
def site_samples(request: HttpRequest, id: str) -> HttpResponse:
    """`DELETE /api/v1/sites/{id}/samples?confirm={slug}`"""
    site = _site(request, id)
    if request.GET.get("confirm") != site.slug:
        raise BadRequest(
            f"This deletes every sample of {site.name}. Say so with confirm={site.slug}.",
            slug="not-confirmed",
            parameter="confirm",
        )
    delete_samples(tenant_of(request), site.id, now_ms())
    audit(request, "site.samples.delete", site.id, {"slug": site.slug})
    return HttpResponse(status=204)


@requires(scope="read", role="viewer")
def _shown_retention(request: HttpRequest, site: Site | None = None) -> HttpResponse:
    return json_response(retention.retention_of(tenant_of(request), site.id if site else None))


@requires(scope="write", role="admin")
def _set_retention(request: HttpRequest, site: Site | None = None) -> HttpResponse:
    tenant, id = tenant_of(request), site.id if site else None
    wanted = None if request.method == "DELETE" else read_json(request, retention.Retention)
    before = retention.retention_of(tenant, id)
    after = retention.set_retention(tenant, wanted, id)
    audit(request, "retention.change", id or tenant.slug, {"before": _days(before), "after": _days(after)})
    return json_response(after)


def _days(kept: retention.RetentionAnswer) -> dict[str, int | None]:
    return {"raw_days": kept.raw_days, "ladder_days": kept.ladder_days}


def _site(request: HttpRequest, id: str) -> Site:
    site = snapshot_of(tenant_of(request)).sites.get(id)
    if site is None:
        raise NotFound(f"There is no site {id[:80]}.", slug="unknown-site", site=id[:80])
    return site
