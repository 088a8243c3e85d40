"""The OpenAPI operations of dashboards."""

from __future__ import annotations

from msgspec import Struct

from workspace.dashboards.models import Dashboard, DashboardChange, DashboardContent, DashboardInfo
from workspace.owned.openapi import OwnedSchemas, describe_owned


class DashboardList(Struct, frozen=True):
    """By name."""

    results: list[DashboardInfo]
    next: str | None


def describe_all() -> None:
    schemas = OwnedSchemas(DashboardContent, DashboardChange, Dashboard, DashboardList)
    describe_owned("/api/v1/dashboards", "dashboard", "dashboard", schemas)
