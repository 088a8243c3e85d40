"""Devices over HTTP, for people."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse

from ingest.devices import commands, operations, trail
from ingest.devices.facts import facts_of
from ingest.devices.models import (
    STATES,
    CommandList,
    DeviceChange,
    DeviceCounts,
    DeviceList,
    NewCommand,
    NewDevice,
    changes_of,
)
from ingest.fleet import registry
from kernel.errors import BadRequest
from kernel.numbers import parse_count
from web.audit import audit
from web.bodies import KIB, takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import bad_cursor, limit_of, next_url, page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import with_etag
from web.views import get, methods, post

MAX_COMMAND_BYTES = 16 * KIB
MAX_SEARCH_CHARS = 100


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/devices?state=&q=`: by name."""
    tenant = tenant_of(request)
    found = operations.all_devices(tenant, now_ms())
    counts = Counter(view.state for view in found)
    if (state := request.GET.get("state")) is not None:
        if state not in STATES:
            raise BadRequest(f"state= is one of {', '.join(STATES)}.", slug="unknown-state", parameter="state")
        found = [view for view in found if view.state == state]
    if text := _searched(request):
        found = [view for view in found if any(text in part.casefold() for part in (view.name, view.id, view.firmware))]
    page = page_of(request, found, operations.place_of)
    own = DeviceCounts(
        counts["online"], counts["late"], counts["offline"], counts["unseen"], maximum=tenant.limits.devices
    )
    return json_response(DeviceList(page["results"], page["next"], own))


@requires("write", "engineer")
def _add(request: HttpRequest) -> HttpResponse:
    tenant, now = tenant_of(request), now_ms()
    device = operations.add(tenant, read_json(request, NewDevice), now)
    audit(request, "device.create", device.id, {"name": device.name})
    answer = json_response(operations.view(tenant, device, now), 201, f"/api/v1/devices/{device.id}")
    return with_etag(answer, device.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    tenant = tenant_of(request)
    device = registry.find(tenant, id)
    return with_etag(json_response(operations.view(tenant, device, now_ms())), device.revision)


@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    tenant, now, wanted = tenant_of(request), now_ms(), read_json(request, DeviceChange)
    device = operations.change(tenant, id, wanted, now)
    audit(request, "device.update", id, changes_of(wanted))
    return with_etag(json_response(operations.view(tenant, device, now)), device.revision)


@requires("write", "engineer")
def _remove(request: HttpRequest, id: str) -> HttpResponse:
    device, tokens, waiting = operations.remove(tenant_of(request), id, now_ms())
    detail = {"name": device.name, "revoked": tokens, "open_commands": [command.id for command in waiting]}
    audit(request, "device.delete", id, detail)
    return no_content()


@requires("read", "viewer")
def _list_commands(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/devices/{id}/commands`: newest first."""
    tenant, limit, cursor = tenant_of(request), limit_of(request), request.GET.get("cursor")
    before = parse_count(cursor) if cursor is not None else None
    if cursor is not None and before is None:
        raise bad_cursor()
    found = commands.of_device(tenant, registry.find(tenant, id), now_ms(), limit + 1, before)
    places, shown = list(found), list(found.values())[:limit]
    return json_response(CommandList(shown, next_url(request, str(places[limit - 1])) if len(found) > limit else None))


@takes(MAX_COMMAND_BYTES)
@requires("write", "engineer")
def _send_command(request: HttpRequest, id: str) -> HttpResponse:
    tenant, new = tenant_of(request), read_json(request, NewCommand)
    sent = commands.send(tenant, registry.find(tenant, id), new, caller_of(request).username, now_ms())
    trail.write(request, tenant, "send", [sent], parameters=sent.parameters, expires=sent.expires)
    return json_response(sent, 201, f"/api/v1/commands/{sent.id}")


@get
@requires("read", "viewer")
def command(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/commands/{id}`"""
    return json_response(commands.find(tenant_of(request), id, now_ms()))


@post
@requires("write", "engineer")
def cancel(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/commands/{id}/cancel`"""
    tenant = tenant_of(request)
    cancelled, just_now = commands.cancel(tenant, id, now_ms())
    if just_now:
        trail.write(request, tenant, "cancel", [cancelled])
    return json_response(cancelled)


@get
@requires("read", "engineer")
def facts(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/devices/{id}/facts`: what the device itself reads. It quotes dead letters, which engineers see."""
    tenant = tenant_of(request)
    return json_response(facts_of(tenant, registry.find(tenant, id), now_ms()))


def _searched(request: HttpRequest) -> str:
    text = request.GET.get("q", "")
    if len(text) > MAX_SEARCH_CHARS:
        raise BadRequest(f"q= takes at most {MAX_SEARCH_CHARS} characters.", slug="bad-search", parameter="q")
    return text.casefold()


device_list = methods(GET=_list, POST=_add)
device = methods(GET=_read, PATCH=_change, DELETE=_remove)
device_commands = methods(GET=_list_commands, POST=_send_command)
