"""`POST /api/v1/events`."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse

from ingest.events.models import AcceptedEvents, RefusedItem
from ingest.events.operations import TakenEvents, take_events
from ingest.fleet.registry import device_of_token
from ingest.letters import Origin
from ingest.sources.events.operations import DEVICE, NAME, items_of
from kernel.errors import BadRequest
from web.address import client_address
from web.bodies import MIB, takes
from web.caller import caller_of, tenant_of
from web.requires import requires
from web.respond import json_response

MAX_BYTES = 8 * MIB


@takes(MAX_BYTES)
@requires(scope="ingest")
def send(request: HttpRequest) -> HttpResponse:
    """202 once every event is durable, and what is none is kept as a dead letter; 400 if there is no event in it."""
    caller = caller_of(request)
    options = {DEVICE: caller.device} if caller.device else {}
    origin = Origin(NAME, request.path, caller.username, caller.token, client_address(request), options)
    tenant = tenant_of(request)
    device = device_of_token(tenant, caller.device) if caller.device else None
    taken = take_events(tenant, items_of(request.body), time.time_ns(), origin, device=device)
    errors = [RefusedItem(refusal.position, refusal.reason) for refusal in taken.refusals]
    if not taken.accepted:
        raise BadRequest(_sentence(taken), slug="events-refused", errors=_fields(errors))
    return json_response(AcceptedEvents(taken.accepted, taken.refused, errors), status=202)


def _sentence(taken: TakenEvents) -> str:
    first = taken.refusals[0]
    return (
        f"None of the {taken.refused} items is an event; they are kept as dead letters. "
        f"Item {first.position}: {first.reason}."
    )


def _fields(errors: list[RefusedItem]) -> list[dict[str, object]]:
    return [{"field": f"[{error.index}]", "message": error.reason, "index": error.index} for error in errors]
