"""All URLs; each package defines its own, from the root."""

from django.urls import include, path

from config import health, openapi
from web.openapi.served import SchemaView
from web.requires import public

PARTS = [
    "access",
    "tenants",
    "catalog",
    "historian",
    "ingest",
    "twin",
    "workspace",
    "analysis",
    "alarms",
    "work",
    "stream",
]
INTERNAL = ["tenants.pods", "access.pods"]  # for tenants' own pods; not in the schema


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/schema/", public(SchemaView.as_view()), name="schema"),
    *(path("", include(f"{part}.urls")) for part in (*PARTS, *INTERNAL)),
    path("", include("config.ui")),
]

openapi.describe_all()

handler400 = "web.problems.bad_request"
handler404 = "web.problems.not_found"
handler500 = "web.problems.server_error"
