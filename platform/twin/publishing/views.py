"""Publishing over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.bodies import MAX_DRAWING_BYTES, Previewing, Publishing, moment
from twin.publishing import operations
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.revisions import revision_of
from web.views import methods

edits = requires("write", "engineer")


@takes(MAX_DRAWING_BYTES)
@edits
def _publish(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, Publishing)
    published = operations.publish(
        tenant_of(request),
        caller_of(request),
        id,
        now=now_ms(),
        drawing=body.drawing,
        base=body.base,
        revision=revision_of(request, body.revision),
        valid_from=moment(body.valid_from),
        note=body.note,
        name=body.name,
    )
    version, changes = published.schematic.version, published.changes
    audit(request, "schematic.publish", id, {
        "version": version.version,
        "valid_from": version.valid_from,
        "note": version.note,
        "assets": len(changes.assets.created),
        "connections": len(changes.connections.created),
        "ended": len(changes.connections.ended),
    })  # fmt: skip
    return json_response(published)


@takes(MAX_DRAWING_BYTES)
@edits
def _preview(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, Previewing)
    valid_from = moment(body.valid_from)
    return json_response(
        operations.preview(
            tenant_of(request), caller_of(request), id, now=now_ms(), drawing=body.drawing, valid_from=valid_from
        )
    )


publish = methods(POST=_publish)
preview = methods(POST=_preview)
