"""Backups over HTTP, for operators, who see that archives exist, but never their content."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenants import queries as tenants
from tenants.backups import operations, queries
from web.audit import audit
from web.caller import caller_of
from web.paging import cut
from web.requires import for_operators
from web.respond import json_response, no_content
from web.views import methods, post


@for_operators
def _request(request: HttpRequest, slug: str) -> HttpResponse:
    tenant = tenants.find(slug)
    backup = operations.request(tenant, caller_of(request).username)
    audit(request, "tenant.backup", tenant.id, {"backup": backup.pk}, tenant=slug)
    [view] = queries.views([backup])
    return json_response(view, 202, location=f"/api/v1/tenants/{slug}/backups/{backup.pk}")


@for_operators
def _list(request: HttpRequest, slug: str) -> HttpResponse:
    found = rest = queries.of_slug(slug)
    if cursor := request.GET.get("cursor", ""):
        rest = found.filter(created__lt=queries.find(slug, cursor).created)
    page, following = cut(request, rest, lambda each: each.pk)
    return json_response({"results": queries.views(page), "next": following, "total": found.count()})


@post
@for_operators
def backup_cancel(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    cancelled = operations.cancel(queries.find(slug, id))
    audit(request, "backup.cancel", id, tenant=slug)
    [view] = queries.views([cancelled])
    return json_response(view)


@for_operators
def _read(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    [view] = queries.views([queries.find(slug, id)])
    return json_response(view)


@for_operators
def _delete(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    operations.remove(queries.find(slug, id))
    audit(request, "backup.delete", id, tenant=slug)
    return no_content()


backups = methods(GET=_list, POST=_request)
backup = methods(GET=_read, DELETE=_delete)
