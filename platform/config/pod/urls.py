"""The data plane, served by a tenant's own API pods. The ingress sends all other requests to the control plane."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from analysis import urls as analysis
from config import health, openapi
from ingest import urls as ingest
from web.problems import problem
from web.requires import public


@public
def not_served_here(request: HttpRequest) -> HttpResponse:
    return problem(
        421,
        "not-served-here",
        "Not served here",
        f"{request.path} belongs to the control plane. This process serves samples, values, catalog and schematics of "
        "one tenant; the ingress must send all other addresses to the control plane's web service.",
    )


# Uploaded files are on a disk that the control plane's processes share; tokens of devices and sources are in its
# database.
_CONTROL = ("api/v1/imports", "api/v1/device", "api/v1/commands", "api/v1/sources")
# Of analysis only what is below a sensor: the ingress routes by prefix.
_ANALYSIS = [pattern for pattern in analysis.urlpatterns if str(pattern.pattern).startswith("api/v1/sensors/")]
_INGEST = [pattern for pattern in ingest.urlpatterns if not str(pattern.pattern).startswith(_CONTROL)]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *(path("", include(f"{part}.urls")) for part in ("catalog", "historian", "twin")),
    *_ANALYSIS,
    *_INGEST,
    re_path(r"^.*$", not_served_here),
]

openapi.describe_all()

handler400 = "web.problems.bad_request"
handler404 = "web.problems.not_found"
handler500 = "web.problems.server_error"
