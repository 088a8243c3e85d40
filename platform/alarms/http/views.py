"""Lists of alarms over HTTP, and what people do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from alarms.http.openapi import MAX_ALARMS
from alarms.http.parameters import assets_of, priorities_of, site_of, words_of
from alarms.lists import operations, queries
from alarms.lists.listing import Filters
from alarms.lists.models import (
    SORTS,
    VIEWS,
    AlarmAcknowledgement,
    AlarmKeys,
    AlarmNote,
    AlarmRemoval,
    AlarmShelving,
)
from alarms.lists.operations import Done
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import bad_cursor, limit_of, next_url
from web.requires import requires
from web.respond import json_response, read_json
from web.views import View, get, post

MAX_BODY = 256 << 10
Body = TypeVar("Body", AlarmAcknowledgement, AlarmShelving, AlarmRemoval, AlarmKeys, AlarmNote)


@get
@requires("read", "viewer")
def listed(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/alarms`"""
    tenant, now = tenant_of(request), now_ms()
    catalog = snapshot_of(tenant)
    filters = Filters(site_of(request, catalog), assets_of(request, catalog), priorities_of(request), words_of(request))
    view = query.choice(request, "view", VIEWS, "active")
    sort = query.choice(request, "sort", SORTS, SORTS[0]) if "sort" in request.GET else None
    limit, cursor, at = limit_of(request, maximum=MAX_ALARMS), request.GET.get("cursor"), query.moment(request, "at")
    if cursor == "":
        raise bad_cursor()
    moment = queries.alarms_now(tenant, now) if at is None or at >= now else queries.alarms_as_of(tenant, at)
    found, more = queries.page(moment, catalog, filters, view, sort, limit, cursor)
    return json_response(queries.with_next(found, next_url(request, more) if more else None))


def _acting(name: str, kind: type[Body], act: Callable[[TenantConnection, Body, str, int], Done]) -> View:
    @post
    @takes(MAX_BODY)
    @requires("write", "engineer")
    def view(request: HttpRequest) -> HttpResponse:
        body, tenant = read_json(request, kind), tenant_of(request)
        done = act(tenant, body, caller_of(request).username, now_ms())
        if done.changed:
            audit(request, f"alarms.{name}", tenant.slug, _audit_details(body, done))
        return json_response(done.result)

    view.__doc__ = f"`POST /api/v1/alarms/{name}`"
    return view


def _audit_details(body: Body, done: Done) -> dict[str, object]:
    """What the audit trail has of it: the journal has each alarm."""
    given = {name: getattr(body, name) for name in ("note", "verdict", "until", "reason") if getattr(body, name, None)}
    return {"count": len(done.changed), "keys": done.changed[:20], **given}


acknowledge = _acting(
    "acknowledge",
    AlarmAcknowledgement,
    lambda tenant, body, by, now: operations.acknowledge(tenant, body.keys, by, body.note, body.verdict or "", now),
)
shelve = _acting(
    "shelve",
    AlarmShelving,
    lambda tenant, body, by, now: operations.shelve(
        tenant, body.keys, by, operations.parse_until(body.until, now), body.reason, now
    ),
)
unshelve = _acting("unshelve", AlarmKeys, lambda tenant, body, by, now: operations.unshelve(tenant, body.keys, by, now))
reset = _acting("reset", AlarmKeys, lambda tenant, body, by, now: operations.reset(tenant, body.keys, by, now))
out_of_service = _acting(
    "out-of-service",
    AlarmRemoval,
    lambda tenant, body, by, now: operations.take_out_of_service(tenant, body.keys, by, body.reason, now),
)
in_service = _acting(
    "in-service", AlarmKeys, lambda tenant, body, by, now: operations.return_to_service(tenant, body.keys, by, now)
)
note = _acting(
    "note",
    AlarmNote,
    lambda tenant, body, by, now: operations.add_note(tenant, body.keys, by, body.note, body.verdict or "", now),
)
