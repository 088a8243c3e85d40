from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from access import trail
from access.pods.callers import answer_caller
from tenants.pods.authentication import tenant_of_pod
from web.clock import now
from web.pods.messages import AuditEvent, CallerQuery
from web.requires import for_pods
from web.respond import json_response, no_content, read_json
from web.views import post


@post
@for_pods
def callers(request: HttpRequest) -> HttpResponse:
    return json_response(answer_caller(tenant_of_pod(request), read_json(request, CallerQuery)))


@post
@for_pods
def audit(request: HttpRequest) -> HttpResponse:
    trail.store_of_pod(tenant_of_pod(request), read_json(request, AuditEvent), now())
    return no_content()
