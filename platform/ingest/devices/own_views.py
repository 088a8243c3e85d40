"""What devices themselves call."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.devices import commands, heartbeat_rates, operations, trail
from ingest.devices.facts import facts_of
from ingest.devices.models import (
    Acknowledgement,
    Command,
    CommandsOfDevice,
    Heartbeat,
    HeartbeatAnswer,
    TakeCommands,
)
from ingest.fleet.registry import Device, device_of_token
from web import stream
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.views import get, post

MAX_HEARTBEAT = 16 << 10


@post
@takes(MAX_HEARTBEAT)
@requires(scope="ingest")
def heartbeat(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/device/heartbeat`"""
    tenant, bound, now = tenant_of(request), caller_of(request).device, now_ms()
    heartbeat_rates.take(tenant, bound)
    device = operations.beat(tenant, bound, read_json(request, Heartbeat), now)
    view = operations.view(tenant, device, now)
    waiting = sum(each.state == "queued" for each in commands.open_of(tenant, device.id, now))
    return json_response(HeartbeatAnswer(device.id, view.state, now, view.interval_s, waiting))


@get
@requires(scope="ingest")
def own_commands(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/device/commands`: those that wait, and those that it took and has not acknowledged."""
    now = now_ms()
    return json_response(CommandsOfDevice(commands.open_of(tenant_of(request), _device(request).id, now), now))


@post
@requires(scope="ingest")
def take(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/device/commands/take`: each is given once."""
    count = (read_json(request, TakeCommands) if request.body else TakeCommands()).count
    tenant, device, now = tenant_of(request), _device(request), now_ms()
    taken = commands.take(tenant, device.id, count, now)
    trail.write(request, tenant, "take", taken)
    if taken:
        stream.publish(tenant, stream.DEVICES, id=device.id)
    return json_response(CommandsOfDevice(taken, now))


@post
@requires(scope="ingest")
def acknowledge(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/device/commands/{id}/acknowledge`"""
    tenant, now, told = tenant_of(request), now_ms(), read_json(request, Acknowledgement)
    command = commands.find(tenant, id, now)
    device = _device(request)
    try:
        command, new = commands.acknowledge(tenant, device.id, id, told, now)
    except commands.CommandExpired as error:
        if error.noted:
            _note_end(request, device, command, told, late=True)
        raise
    if new:
        _note_end(request, device, command, told, late=False)
    return json_response(command)


@get
@requires(scope="ingest")
def facts(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/device/facts`"""
    return json_response(facts_of(tenant_of(request), _device(request), now_ms()))


def _device(request: HttpRequest) -> Device:
    return device_of_token(tenant_of(request), caller_of(request).device)


def _note_end(request: HttpRequest, device: Device, command: Command, told: Acknowledgement, late: bool) -> None:
    tenant = tenant_of(request)
    trail.write(request, tenant, "acknowledge", [command], outcome=told.outcome, result=told.result, late=late)
    stream.publish(tenant, stream.DEVICES, id=device.id)
