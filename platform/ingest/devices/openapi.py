"""The OpenAPI operations of devices."""

from __future__ import annotations

from ingest.devices.models import (
    STATES,
    Acknowledgement,
    Command,
    CommandList,
    CommandsOfDevice,
    DeviceChange,
    DeviceList,
    DeviceView,
    Heartbeat,
    HeartbeatAnswer,
    NewCommand,
    NewDevice,
    TakeCommands,
)
from ingest.devices.views import MAX_SEARCH_CHARS
from web.openapi import describe, operation, paging, path_parameter, query_parameter

_TAG, _OWN_TAG = "devices", "devices' own"
_ID, _COMMAND = path_parameter("id", "The device's id"), path_parameter("id", "The command's id")
_FACTS = {"type": "object", "additionalProperties": True}


def describe_all() -> None:
    _describe_registry()
    _describe_commands()
    _describe_own()


def _describe_registry() -> None:
    base = "/api/v1/devices"
    describe(base, "get", operation(
        "devicesList", "Devices, by name", _TAG,
        query_parameter("state", "Of this state only", {"type": "string", "enum": list(STATES)}),
        query_parameter("q", "In its name, id or firmware", {"type": "string", "maxLength": MAX_SEARCH_CHARS}),
        *paging(), responses={200: DeviceList},
    ))  # fmt: skip
    describe(base, "post", operation(
        "deviceRegister", "Register a device by hand", _TAG, body=NewDevice, responses={201: DeviceView},
        description="Devices that send heartbeats or events are registered by these, as many as the tenant may have.",
    ))  # fmt: skip
    one = f"{base}/{{id}}"
    describe(one, "get", operation("deviceRead", "A device", _TAG, _ID, responses={200: DeviceView}))
    describe(one, "patch", operation(
        "deviceChange", "Change a device", _TAG, _ID, body=DeviceChange, responses={200: DeviceView},
    ))  # fmt: skip
    describe(one, "delete", operation(
        "deviceRemove", "Remove a device, revoke its tokens and drop its commands", _TAG, _ID, responses={204: None},
        description="What it sent is kept. If it continues sending with another token, it is registered again.",
    ))  # fmt: skip
    describe(f"{one}/facts", "get", operation(
        "deviceFacts", "What the platform knows about a device", _TAG, _ID, responses={200: _FACTS},
    ))  # fmt: skip


def _describe_commands() -> None:
    describe("/api/v1/devices/{id}/commands", "get", operation(
        "deviceCommandsList", "Commands of a device, newest first", _TAG, _ID, *paging(), responses={200: CommandList},
    ))  # fmt: skip
    describe("/api/v1/devices/{id}/commands", "post", operation(
        "deviceCommandSend", "Send a device a command", _TAG, _ID, body=NewCommand, responses={201: Command},
        description="It is given to the device at most once, and never after `expires`.",
    ))  # fmt: skip
    describe("/api/v1/commands/{id}", "get", operation(
        "deviceCommandRead", "A command of a device", _TAG, _COMMAND, responses={200: Command},
    ))  # fmt: skip
    describe("/api/v1/commands/{id}/cancel", "post", operation(
        "deviceCommandCancel", "Cancel a command that its device has not taken", _TAG, _COMMAND,
        responses={200: Command},
    ))  # fmt: skip


def _describe_own() -> None:
    base = "/api/v1/device"
    describe(f"{base}/heartbeat", "post", operation(
        "deviceHeartbeat", "A sign of life", _OWN_TAG, body=Heartbeat, responses={200: HeartbeatAnswer},
        description="A token that is not bound to a device names one; it is registered if it is not known yet.",
    ))  # fmt: skip
    describe(f"{base}/commands", "get", operation(
        "ownCommandsList", "The device's commands that wait or are not acknowledged", _OWN_TAG,
        responses={200: CommandsOfDevice},
        description="Changes nothing: after a lost answer a device sees here what it was given.",
    ))  # fmt: skip
    taking = operation(
        "ownCommandsTake", "Take the next commands", _OWN_TAG, body=TakeCommands, responses={200: CommandsOfDevice},
        description="Each command is given once. The device must not start it after `expires`.",
    )  # fmt: skip
    taking["requestBody"]["required"] = False
    describe(f"{base}/commands/take", "post", taking)
    describe(f"{base}/commands/{{id}}/acknowledge", "post", operation(
        "ownCommandAcknowledge", "Say what became of a command", _OWN_TAG, _COMMAND,
        body=Acknowledgement, responses={200: Command},
        description="Sending the same again changes nothing. 409 `command-expired`: it arrived after the expiry.",
    ))  # fmt: skip
    describe(f"{base}/facts", "get", operation(
        "ownFacts", "What the platform knows about the device", _OWN_TAG, responses={200: _FACTS},
    ))  # fmt: skip
