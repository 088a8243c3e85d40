"""Saved views over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from web.caller import caller_of, tenant_of
from web.paging import page_of
from web.requires import requires
from web.respond import json_response
from workspace.owned.views import OwnedViews
from workspace.saved_views import operations
from workspace.saved_views.models import ViewChange, ViewContent


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), caller_of(request), request.GET.get("site"))
    return json_response(page_of(request, found, key=operations.place_of))


_views = OwnedViews(operations.KIND, ViewContent, ViewChange, "/api/v1/saved-views", "saved-view")

saved_views = _views.many(_list)
saved_view = _views.one()
