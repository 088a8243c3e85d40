"""Backups over HTTP, for operators: that there are archives, never what is in them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from tenants import queries as tenants
from tenants.backups import operations, queries
from web.audit import audit
from web.caller import caller_of
from web.paging import cut
from web.requires import requires
from web.respond import json_response


@require_http_methods(["GET", "POST"])
@requires(scope="operate", tenant=False)
def backups(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        tenant = tenants.find(slug)
        made = operations.request(tenant, caller_of(request).username)
        audit(request, "tenant.backup", tenant.id, {"backup": made.pk}, tenant=slug)
        [view] = queries.views([made])
        response = json_response(view, 202)
        response["Location"] = f"/api/v1/tenants/{slug}/backups/{made.pk}"
        return response
    found = rest = queries.of_slug(slug)
    if cursor := request.GET.get("cursor", ""):
        rest = found.filter(created__lt=queries.find(slug, cursor).created)
    page, following = cut(request, rest, lambda each: each.pk)
    return json_response({"results": queries.views(page), "next": following, "total": found.count()})


@require_http_methods(["POST"])
@requires(scope="operate", tenant=False)
def backup_cancel(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    cancelled = operations.cancel(queries.find(slug, id))
    audit(request, "backup.cancel", id, tenant=slug)
    [view] = queries.views([cancelled])
    return json_response(view)


@require_http_methods(["GET", "DELETE"])
@requires(scope="operate", tenant=False)
def backup(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    found = queries.find(slug, id)
    if request.method == "GET":
        [view] = queries.views([found])
        return json_response(view)
    operations.remove(found)
    audit(request, "backup.delete", id, tenant=slug)
    return HttpResponse(status=204)
