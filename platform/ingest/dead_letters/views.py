"""Dead letters over HTTP: list, look at, replay, remove. For engineers."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse

from ingest.dead_letters import operations
from ingest.dead_letters.models import (
    CorrectedItem,
    DeadLetterIds,
    DeadLetterList,
    RemovedLetters,
    present,
    present_counts,
)
from ingest.letters import MAX_ITEM_BYTES
from kernel.errors import BadRequest
from stores.redis.dead_letters import is_id
from web.audit import audit
from web.bodies import takes
from web.caller import tenant_of
from web.paging import bad_cursor, limit_of, next_url
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.views import methods, post

MAX_BODY = 6 * MAX_ITEM_BYTES + 1_000  # each byte of an item may be written as \\u0000


@requires(role="engineer")
def _list(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/deadletters`: newest first."""
    tenant, limit, cursor = tenant_of(request), limit_of(request), request.GET.get("cursor")
    if cursor is not None and not is_id(cursor):
        raise bad_cursor()
    found = operations.page(tenant, limit + 1, cursor or "")
    more = next_url(request, found[limit - 1].id) if len(found) > limit else None
    counts = present_counts(operations.letters().counts(tenant.prefix))
    return json_response(DeadLetterList(found[:limit], more, counts))


@requires(scope="write", role="engineer")
def _remove_until(request: HttpRequest) -> HttpResponse:
    """`DELETE /api/v1/deadletters?until=ID`: that one and all older ones."""
    until = request.GET.get("until", "")
    if not until:
        raise BadRequest(
            "until is missing: the id of a letter; it and all older ones are removed.",
            slug="missing-parameter",
            parameter="until",
        )
    removed = operations.remove_until(tenant_of(request), until)
    audit(request, "deadletter.delete", until, {"removed": removed})
    return json_response(RemovedLetters(removed))


@requires(role="engineer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    return json_response(present(operations.find(tenant_of(request), id)))


@requires(scope="write", role="engineer")
def _remove(request: HttpRequest, id: str) -> HttpResponse:
    operations.remove(tenant_of(request), id)
    audit(request, "deadletter.delete", id)
    return no_content()


@post
@takes(MAX_BODY)
@requires(scope="write", role="engineer")
def replay(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/deadletters/{id}/replay`: as it is, or with the corrected item of the body."""
    item = (read_json(request, CorrectedItem) if request.body else CorrectedItem()).item
    replayed = operations.replay(tenant_of(request), id, item, time.time_ns())
    audit(request, "deadletter.replay", id, {"points": replayed.points, "corrected": item is not None})
    return json_response(replayed)


@post
@requires(scope="write", role="engineer")
def replay_many(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/deadletters/replay`: many at once, as they are."""
    wanted = read_json(request, DeadLetterIds)
    replayed = operations.replay_many(tenant_of(request), wanted.ids, time.time_ns())
    detail = {"letters": replayed.letters, "points": replayed.points, "refused": len(replayed.refused)}
    audit(request, "deadletter.replay", "", detail)
    return json_response(replayed)


dead_letters = methods(GET=_list, DELETE=_remove_until)
one = methods(GET=_read, DELETE=_remove)
