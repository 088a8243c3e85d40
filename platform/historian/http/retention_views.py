"""The state of the ladder, retention settings, and deleting the samples of a site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog.models import Site
from catalog.snapshot import snapshot_of
from historian.ladder.status import status_of
from historian.retention import settings as retention
from historian.retention.deletion import delete_samples
from kernel.errors import BadRequest, NotFound
from web.audit import audit
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.views import delete, get, methods


@get
@requires(scope="read", role="viewer")
def ladder(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/ladder`"""
    return json_response(status_of(tenant_of(request), now_ms()))


@delete
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
    return no_content()


@requires(scope="read", role="viewer")
def _read_retention(request: HttpRequest, id: str | None = None) -> HttpResponse:
    return json_response(retention.retention_of(tenant_of(request), _site(request, id).id if id else None))


@requires(scope="write", role="admin")
def _set_retention(request: HttpRequest, id: str | None = None) -> HttpResponse:
    tenant, id = tenant_of(request), _site(request, id).id if id else None
    wanted = None if request.method == "DELETE" else read_json(request, retention.Retention)
    before = retention.retention_of(tenant, id)
    after = retention.set_retention(tenant, wanted, id)
    audit(request, "retention.change", id or tenant.slug, {"before": _days(before), "after": _days(after)})
    return json_response(after)


tenant_retention = methods(GET=_read_retention, PUT=_set_retention)
site_retention = methods(GET=_read_retention, PUT=_set_retention, DELETE=_set_retention)


def _days(kept: retention.RetentionResponse) -> dict[str, int | None]:
    return {"raw_days": kept.raw_days, "ladder_days": kept.ladder_days}


def _site(request: HttpRequest, id: str) -> Site:
    site = snapshot_of(tenant_of(request)).sites.get(id)
    if site is None:
        raise NotFound(f"There is no site {id[:80]}.", slug="unknown-site", site=id[:80])
    return site
