"""`/api/v1/{sites,areas,assets,sensors,connections}`, `/api/v1/jobs`, `/api/v1/units`."""

from __future__ import annotations

from django.urls import URLPattern, path

from catalog import openapi, views
from catalog.kinds import KINDS, CatalogKind


def _patterns(kind: CatalogKind) -> list[URLPattern]:
    # `bulk` precedes `{id}`, which would match it
    which = {"kind": kind}
    return [
        path(f"api/v1/{kind.name}", views.collection, which, name=kind.name),
        path(f"api/v1/{kind.name}/bulk", views.bulk, which, name=f"{kind.name}-bulk"),
        path(f"api/v1/{kind.name}/<str:id>", views.document, which, name=kind.singular),
    ]


urlpatterns = [
    path("api/v1/sensors/name", views.name_sensors, name="sensors-name"),
    *(pattern for kind in KINDS.values() for pattern in _patterns(kind)),
    path("api/v1/assets/<str:id>/upstream", views.reached, {"direction": "upstream"}, name="asset-upstream"),
    path("api/v1/assets/<str:id>/downstream", views.reached, {"direction": "downstream"}, name="asset-downstream"),
    path("api/v1/jobs", views.all_jobs, name="jobs"),
    path("api/v1/jobs/<str:id>", views.job, name="job"),
    path("api/v1/jobs/<str:id>/cancel", views.job_cancel, name="job-cancel"),
    path("api/v1/units", views.units, name="units"),
]

openapi.describe_all()
