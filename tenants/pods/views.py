from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.pods import archives
from tenants.pods.answers import tenant_answer
from tenants.pods.authentication import tenant_of_pod
from web.pods.messages import ArchiveSignature, Filled, Hold, RestoredShards, RestoreStart, Verdict
from web.requires import for_pods
from web.respond import json_response, read_json


@for_pods
@require_GET
def tenant(request: HttpRequest) -> HttpResponse:
    return json_response(tenant_answer(tenant_of_pod(request)))


@for_pods
@require_http_methods(["POST", "PUT", "DELETE"])
def lease(request: HttpRequest) -> HttpResponse:
    held = tenant_of_pod(request)
    if request.method == "POST":
        return json_response(archives.hold(held, timezone.now()))
    owner = read_json(request, Hold).owner
    (archives.renew if request.method == "PUT" else archives.release)(held, owner)
    return HttpResponse(status=204)


@for_pods
@require_GET
def archive_key(request: HttpRequest) -> HttpResponse:
    return json_response(archives.archive_key(tenant_of_pod(request)))


@for_pods
@require_POST
def archive_signature(request: HttpRequest) -> HttpResponse:
    return json_response(Verdict(archives.judge(read_json(request, ArchiveSignature))))


@for_pods
@require_POST
def restore_start(request: HttpRequest) -> HttpResponse:
    archives.start_restore(tenant_of_pod(request), read_json(request, RestoreStart))
    return HttpResponse(status=204)


@for_pods
@require_POST
def restore_filled(request: HttpRequest) -> HttpResponse:
    filled: Filled = archives.check_filled(tenant_of_pod(request), read_json(request, RestoredShards))
    return json_response(filled)


@for_pods
@require_POST
def restore_end(request: HttpRequest) -> HttpResponse:
    archives.end_restore(tenant_of_pod(request), read_json(request, Hold).owner)
    return HttpResponse(status=204)
