"""Tenants over HTTP, for operators. They see tenants, never their data."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from tenants import operations, queries
from tenants.models import Tenant
from web import query
from web.audit import audit
from web.paging import cut, limit_of, next_url, page_of
from web.requires import for_operators
from web.respond import json_response, read_json
from web.views import delete, get, methods, post

_FILTERS = {"text": "q", "state": "state", "driver": "driver", "ring": "ring"}


@post
@for_operators
def retry(request: HttpRequest, slug: str) -> HttpResponse:
    found = operations.retry(slug)
    audit(request, "tenant.retry", found.id, tenant=found.slug)
    return _response(found, 202)


@get
@for_operators
def manifest(request: HttpRequest, slug: str) -> HttpResponse:
    return json_response({"manifests": queries.manifests(queries.find(slug))})


@get
@for_operators
def options(request: HttpRequest) -> HttpResponse:
    return json_response(queries.options())


@post
@for_operators
def preview(request: HttpRequest) -> HttpResponse:
    planned = operations.planned(read_json(request, operations.NewTenant))
    return json_response({"manifests": queries.manifests(planned)})


@get
@for_operators
def disks(request: HttpRequest) -> HttpResponse:
    found = sorted(queries.kept_disks(), key=lambda each: each.id)
    return json_response(page_of(request, found, lambda each: each.id))


@delete
@for_operators
def disk(request: HttpRequest, id: str) -> HttpResponse:
    kept = operations.drop_disk(id, request.GET.get("confirm"))
    audit(request, "disk.delete", id, {"slug": kept.slug})
    return HttpResponse(status=202)


@for_operators
def _list(request: HttpRequest) -> HttpResponse:
    limit, cursor = limit_of(request), request.GET.get("cursor", "")
    found = queries.search(**{name: request.GET.get(key, "") for name, key in _FILTERS.items()})
    page, following = cut(request, found.filter(slug__gt=cursor), lambda each: each.slug)
    return json_response(
        {
            "results": [queries.view(each) for each in page],
            "next": following,
            "previous": _previous_url(request, found, limit, cursor),
            "before": found.filter(slug__lte=cursor).count() if cursor else 0,
            "total": found.count(),
            "counts": queries.counts(),
            "kept_disks": queries.kept_disks(),
        }
    )


def _previous_url(request: HttpRequest, found: QuerySet[Tenant], limit: int, cursor: str) -> str | None:
    if not cursor:
        return None
    earlier = found.filter(slug__lte=cursor).order_by("-slug").values_list("slug", flat=True)
    return next_url(request, next(iter(earlier[limit : limit + 1]), ""))


@for_operators
def _create(request: HttpRequest) -> HttpResponse:
    wanted = read_json(request, operations.NewTenant)
    tenant = operations.create(wanted)
    detail: dict[str, object] = {
        "driver": tenant.driver,
        "adopt_disk": wanted.adopt_disk,
        "restore": wanted.restore or None,
    }
    if wanted.restore_unauthenticated:
        detail["restore_unauthenticated"] = True
    audit(request, "tenant.create", tenant.id, detail, tenant=tenant.slug)
    return _response(tenant, 202, location=f"/api/v1/tenants/{tenant.slug}")


@for_operators
def _read(request: HttpRequest, slug: str) -> HttpResponse:
    return _response(queries.find(slug))


@for_operators
def _change(request: HttpRequest, slug: str) -> HttpResponse:
    changes = read_json(request, operations.Changes)
    changed = operations.change(slug, changes)
    audit(request, "tenant.change", changed.id, operations.named(changes), tenant=changed.slug)
    return _response(changed)


@for_operators
def _delete(request: HttpRequest, slug: str) -> HttpResponse:
    keep_disk = query.flag(request, "keep_disk")
    going = operations.delete(slug, request.GET.get("confirm"), keep_disk)
    audit(request, "tenant.delete", going.id, {"keep_disk": keep_disk}, tenant=going.slug)
    return _response(going, 202)


tenants = methods(GET=_list, POST=_create)
tenant = methods(GET=_read, PATCH=_change, DELETE=_delete)


def _response(found: Tenant, status: int = 200, location: str = "") -> HttpResponse:
    return json_response(queries.view(found, whole=True), status, location)
