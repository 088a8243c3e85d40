"""Scans over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.scans import operations, repository
from twin.scans.images import MEDIA_TYPE
from twin.scans.models import NewScan
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.views import methods

MAX_BODY = 17 * MIB  # MAX_IMAGE_BYTES in base64


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    return json_response(page_of(request, repository.find(tenant_of(request)), key=repository.place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewScan)
    author = caller_of(request).username
    made = operations.create(tenant_of(request), body.name, body.image, author=author, now=now_ms())
    audit(request, "scan.create", made.id, {"name": made.name})
    return json_response(made, 201, f"/api/v1/schematics/scans/{made.id}")


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    """The picture, which was encoded here and never changes."""
    response = HttpResponse(repository.picture(tenant_of(request), id), content_type=MEDIA_TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id)
    audit(request, "scan.delete", id, {"name": gone.name})
    return no_content()


scans = methods(GET=_list, POST=_create)
scan = methods(GET=_read, DELETE=_delete)
