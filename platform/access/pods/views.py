from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access import trail
from access.pods.callers import answer_caller
from tenants.pods.authentication import tenant_of_pod
from web.pods.messages import AuditEvent, CallerQuestion
from web.requires import for_pods
from web.respond import json_response, read_json


@for_pods
@require_POST
def callers(request: HttpRequest) -> HttpResponse:
    return json_response(answer_caller(tenant_of_pod(request), read_json(request, CallerQuestion)))


@for_pods
@require_POST
def audit(request: HttpRequest) -> HttpResponse:
    trail.store_of_pod(tenant_of_pod(request), read_json(request, AuditEvent), timezone.now())
    return HttpResponse(status=204)
