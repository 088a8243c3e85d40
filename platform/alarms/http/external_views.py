"""Alerts of other systems over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.external import operations
from alarms.external.models import AlertGroup
from web.bodies import takes
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.views import post

MAX_BODY = 4 << 20


@post
@takes(MAX_BODY)
@requires("ingest")
def receive(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/alertmanager`"""
    group = read_json(request, AlertGroup)
    return json_response(operations.take(tenant_of(request), group.alerts, now_ms()))
