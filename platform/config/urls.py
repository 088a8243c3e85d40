"""All addresses; each part brings its own, from the root."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config import health
from web.requires import public

PARTS = ["access", "tenants", "catalog", "historian", "ingest", "twin"]
from importlib.util import find_spec  # BRINGUP

PARTS = [p for p in PARTS if find_spec(p) and find_spec(f"{p}.urls")]  # BRINGUP

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("django_prometheus.urls")),
    path("api/schema/", public(SpectacularAPIView.as_view()), name="schema"),
    *(path("", include(f"{part}.urls")) for part in PARTS),
    *([path("", include("config.ui"))] if find_spec("config.ui") else []),  # BRINGUP
]

handler404 = "web.problems.not_found"
handler500 = "web.problems.server_error"
