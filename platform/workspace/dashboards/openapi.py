"""The OpenAPI operations of dashboards."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter
from workspace.dashboards.models import Dashboard, DashboardChange, DashboardContent, DashboardInfo

_BASE, _TAG = "/api/v1/dashboards", "dashboards"
_ID = path_parameter("id", "A dashboard's id")
IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


class DashboardList(Struct, frozen=True):
    """By name."""

    results: list[DashboardInfo]
    next: str | None


DashboardConflict = msgspec.defstruct(
    "DashboardConflict", [("current", Dashboard | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "dashboardsList", "The tenant's shared dashboards and one's own", _TAG, *paging(),
        responses={200: DashboardList},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "dashboardCreate", "Make a dashboard", _TAG, body=DashboardContent,
        responses={201: Dashboard, 400: Invalid, 409: Problem},
        description="409: you or the tenant have as many as may be.",
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "get", operation("dashboardRead", "One dashboard", _TAG, _ID, responses={200: Dashboard}))
    describe(one, "put", operation(
        "dashboardChange", "Change a dashboard", _TAG, _ID, IF_MATCH, body=DashboardChange,
        responses={200: Dashboard, 400: Invalid, 409: DashboardConflict},
        description="409: it was changed meanwhile; `current` is how it is now.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "dashboardDelete", "Delete a dashboard", _TAG, _ID, IF_MATCH, responses={204: None, 409: DashboardConflict},
    ))  # fmt: skip
