"""`GET /api/v1/series`"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.series.queries import series_growth
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response
from web.views import get


@get
@requires(scope="read", role="viewer")
def series(request: HttpRequest) -> HttpResponse:
    """How many series there are and were, what creates them, and when the limit will be reached."""
    return json_response(series_growth(tenant_of(request), now_ms()))
