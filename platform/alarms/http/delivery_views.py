"""Deliveries over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.http.notification_models import DeliveryList
from alarms.lists.models import MAX_KEY
from alarms.notification import listing
from alarms.notification.listing import DeliveryFilter
from alarms.notification.models import DELIVERY_STATES
from kernel.errors import BadRequest
from web import query
from web.caller import tenant_of
from web.paging import bad_cursor, limit_of, next_url
from web.requires import requires
from web.respond import json_response
from web.views import get


@get
@requires("read", "engineer")
def listed(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/notification/deliveries`"""
    state = query.choice(request, "state", DELIVERY_STATES, "") if "state" in request.GET else ""
    which = DeliveryFilter(state, _short(request, "channel"), _short(request, "key"))
    limit, cursor = limit_of(request), request.GET.get("cursor")
    if cursor == "":
        raise bad_cursor()
    found, more = listing.page(tenant_of(request), which, limit, cursor)
    return json_response(DeliveryList(found, next_url(request, more) if more else None))


def _short(request: HttpRequest, name: str) -> str:
    """What it names may be gone, and its deliveries are still there."""
    text = request.GET.get(name, "")
    if len(text) > MAX_KEY:
        raise BadRequest(
            f"{name} has {len(text)} characters; {MAX_KEY} are allowed.", slug="bad-parameter", parameter=name
        )
    return text
