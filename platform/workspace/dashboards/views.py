"""Dashboards over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from web.caller import caller_of, tenant_of
from web.paging import page_of
from web.requires import requires
from web.respond import json_response
from workspace.dashboards import operations
from workspace.dashboards.models import DashboardChange, DashboardContent
from workspace.owned.views import OwnedViews


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), caller_of(request))
    return json_response(page_of(request, found, key=operations.place_of))


_views = OwnedViews(operations.KIND, DashboardContent, DashboardChange, "/api/v1/dashboards", "dashboard")

dashboards = _views.many(_list)
dashboard = _views.one()
