from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tenants.pods import archives
from tenants.pods.authentication import tenant_of_pod
from tenants.pods.responses import tenant_response
from web.clock import now
from web.pods.messages import ArchiveSignature, Filled, Hold, RestoredShards, RestoreStart, Verdict
from web.requires import for_pods
from web.respond import json_response, no_content, read_json
from web.views import get, methods, post


@get
@for_pods
def tenant(request: HttpRequest) -> HttpResponse:
    return json_response(tenant_response(tenant_of_pod(request)))


@for_pods
def _hold(request: HttpRequest) -> HttpResponse:
    return json_response(archives.hold(tenant_of_pod(request), now()))


@for_pods
def _renew(request: HttpRequest) -> HttpResponse:
    archives.renew(tenant_of_pod(request), read_json(request, Hold).owner)
    return no_content()


@for_pods
def _release(request: HttpRequest) -> HttpResponse:
    archives.release(tenant_of_pod(request), read_json(request, Hold).owner)
    return no_content()


lease = methods(POST=_hold, PUT=_renew, DELETE=_release)


@get
@for_pods
def archive_key(request: HttpRequest) -> HttpResponse:
    return json_response(archives.archive_key(tenant_of_pod(request)))


@post
@for_pods
def archive_signature(request: HttpRequest) -> HttpResponse:
    return json_response(Verdict(archives.judge(read_json(request, ArchiveSignature))))


@post
@for_pods
def restore_start(request: HttpRequest) -> HttpResponse:
    archives.start_restore(tenant_of_pod(request), read_json(request, RestoreStart))
    return no_content()


@post
@for_pods
def restore_filled(request: HttpRequest) -> HttpResponse:
    filled: Filled = archives.check_filled(tenant_of_pod(request), read_json(request, RestoredShards))
    return json_response(filled)


@post
@for_pods
def restore_end(request: HttpRequest) -> HttpResponse:
    archives.end_restore(tenant_of_pod(request), read_json(request, Hold).owner)
    return no_content()
