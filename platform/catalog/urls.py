"""`/api/v1/{sites,areas,assets,sensors,connections}`, `/api/v1/jobs`, `/api/v1/units`."""

from __future__ import annotations

from django.urls import URLPattern, path

from catalog import openapi
from catalog.kinds import KINDS, CatalogKind


def _patterns(kind: CatalogKind) -> list[URLPattern]:
    # `bulk` stands before `{id}`, which would match it
    collection, bulk, document = openapi.make_views(kind)
    return [
        path(f"api/v1/{kind.name}", collection.as_view(), name=kind.name),
        path(f"api/v1/{kind.name}/bulk", bulk.as_view(), name=f"{kind.name}-bulk"),
        path(f"api/v1/{kind.name}/<str:id>", document.as_view(), name=kind.singular),
    ]


urlpatterns = [
    *(pattern for kind in KINDS.values() for pattern in _patterns(kind)),
    path("api/v1/assets/<str:id>/upstream", openapi.UpstreamView.as_view(), name="asset-upstream"),
    path("api/v1/assets/<str:id>/downstream", openapi.DownstreamView.as_view(), name="asset-downstream"),
    path("api/v1/jobs", openapi.JobsView.as_view(), name="jobs"),
    path("api/v1/jobs/<str:id>", openapi.JobView.as_view(), name="job"),
    path("api/v1/jobs/<str:id>/cancel", openapi.JobCancelView.as_view(), name="job-cancel"),
    path("api/v1/units", openapi.UnitsView.as_view(), name="units"),
]
