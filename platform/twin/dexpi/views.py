"""DEXPI over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.bodies import MAX_DRAWING_BYTES
from twin.dexpi import operations
from twin.dexpi.models import NewExport, NewImport
from web.bodies import MIB, takes
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.views import methods

MAX_BODY = 16 * MIB  # MAX_XML_CHARS with quotes that are escaped


@takes(MAX_BODY)
@requires("write", "engineer")
def _import(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewImport)
    return json_response(operations.read(tenant_of(request), body.site, body.xml))


@takes(MAX_DRAWING_BYTES)
@requires("read", "viewer")
def _export(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewExport)
    return json_response(operations.write(tenant_of(request), body.site, body.name, body.drawing, now_ms()))


import_drawing = methods(POST=_import)
export_drawing = methods(POST=_export)
