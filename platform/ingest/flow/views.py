"""`GET /api/v1/flow`"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.flow.queries import SPANS, flow_of
from web.caller import Role, caller_of, tenant_of
from web.clock import now_ms
from web.query import choice
from web.requires import requires
from web.respond import json_response
from web.views import get


@get
@requires(scope="read", role="viewer")
def flow(request: HttpRequest) -> HttpResponse:
    """How samples flow in, in steps of 10 s, 10 min or 6 h."""
    span = choice(request, "span", list(SPANS), "15m")
    with_items = caller_of(request).role != Role.viewer
    return json_response(flow_of(tenant_of(request), span, now_ms(), with_items))
