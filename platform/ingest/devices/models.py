"""Devices as the API shows them, and what it takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ingest.events.event import MAX_DEVICE_CHARS, MAX_FIRMWARE_CHARS
from ingest.fleet.registry import Device, Registered
from stores.redis.devices import USUAL_INTERVAL_MS, Contact, State, state_at

MIN_INTERVAL_S, MAX_INTERVAL_S = 1, 30 * 86_400
MAX_CONFIGURATION_CHARS = 100
STATES: tuple[State, ...] = ("online", "late", "offline", "unseen")

LINE = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, Meta(min_length=1, max_length=MAX_DEVICE_CHARS, pattern=LINE)]
Interval = Annotated[float, Meta(ge=MIN_INTERVAL_S, le=MAX_INTERVAL_S)]
Note = Annotated[str, Meta(max_length=500)]
AssetId = Annotated[str, Meta(min_length=1, max_length=40, description="What it belongs to: facts are about it")]
Revision = Annotated[int, Meta(ge=1, le=2**53)]
DeviceState = Annotated[State, Meta(description="By its own interval; `unseen`: it has never been heard")]


class DeviceView(Struct, frozen=True, kw_only=True):
    """A device, and what is known of it."""

    id: str
    name: Annotated[str, Meta(description="What it calls itself in heartbeats and events")]
    asset: str | None
    state: DeviceState
    last_heard: Annotated[int | None, Meta(description="Epoch ms")]
    interval_s: Annotated[float, Meta(description="Between its signs of life: set by hand, declared, or 300")]
    set_interval_s: Annotated[float | None, Meta(description="By hand, whatever it declares")]
    firmware: Annotated[str, Meta(description="As it last reported")]
    configuration: Annotated[str, Meta(description="The name or version of it, as it last reported")]
    reported: Annotated[int | None, Meta(description="When it reported these; epoch ms")]
    note: str
    registered: Annotated[Registered, Meta(description="By whom or what")]
    created: Annotated[int, Meta(description="Epoch ms")]
    revision: int


class DeviceCounts(Struct, frozen=True):
    """Of all devices, whatever the list is limited to."""

    online: int
    late: int
    offline: int
    unseen: int
    maximum: Annotated[int, Meta(description="How many the tenant may have")]


class DeviceList(Struct, frozen=True):
    """By name."""

    results: list[DeviceView]
    next: str | None
    counts: DeviceCounts


class NewDevice(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    asset: AssetId | None = None
    interval_s: Interval | None = None
    note: Note = ""


class DeviceChange(Struct, frozen=True, forbid_unknown_fields=True):
    """Members that are missing stay as they are."""

    revision: Annotated[Revision, Meta(description="The one that was read")]
    name: Name | UnsetType = UNSET
    asset: AssetId | UnsetType | None = UNSET
    interval_s: Interval | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET


class Heartbeat(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign of life. What is left out stays as it was reported before."""

    device: Annotated[Name, Meta(description="Its name; not needed with a token that is bound to it")] | None = None
    firmware: Annotated[str, Meta(max_length=MAX_FIRMWARE_CHARS, pattern=LINE)] = ""
    configuration: Annotated[
        str, Meta(max_length=MAX_CONFIGURATION_CHARS, pattern=LINE, description="The name or version of it")
    ] = ""
    interval_s: Annotated[Interval, Meta(description="When the next one is to be expected")] | None = None


class HeartbeatAnswer(Struct, frozen=True):
    device: Annotated[str, Meta(description="The device's id")]
    state: DeviceState
    now: Annotated[int, Meta(description="The platform's time; epoch ms")]
    interval_s: float
    commands: Annotated[int, Meta(description="That wait for the device")]


Kind = Annotated[
    str,
    Meta(
        min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9-]*$",
        description="`restart`, `set-config`, `upgrade`, or any other that the device understands",
    ),
]  # fmt: skip
Outcome = Literal["done", "failed", "rejected"]
CommandState = Literal["queued", "sent", "acknowledged", "expired", "cancelled"]
MIN_TTL_S, MAX_TTL_S = 1, 30 * 86_400
MAX_RESULT_CHARS = 1_000
MAX_TAKEN = 20


class NewCommand(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Kind
    parameters: Annotated[
        dict[str, Any],
        Meta(
            description="`set-config` needs `configuration`, `upgrade` needs `firmware`",
            extra_json_schema={"additionalProperties": True},
        ),
    ] = {}
    expires_in_s: Annotated[int, Meta(ge=MIN_TTL_S, le=MAX_TTL_S, description="It never starts after that")] = 3_600


class Command(Struct, frozen=True, kw_only=True):
    """A command of a device. Times are epoch ms."""

    id: str
    device: str
    kind: str
    parameters: Annotated[dict[str, Any], Meta(extra_json_schema={"additionalProperties": True})]
    state: Annotated[
        CommandState, Meta(description="`expired` with a time in `sent`: whether the device ran it is not known")
    ]
    author: str
    created: int
    expires: int
    sent: Annotated[int | None, Meta(description="When the device took it")]
    ended: int | None
    outcome: Annotated[Outcome | None, Meta(description="As the device acknowledged it")]
    result: str
    late: Annotated[int | None, Meta(description="The acknowledgement came after it had expired")]


class CommandList(Struct, frozen=True):
    """Newest first."""

    results: list[Command]
    next: str | None


class TakeCommands(Struct, frozen=True, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=1, le=MAX_TAKEN)] = 1


class CommandsOfDevice(Struct, frozen=True):
    """Oldest first."""

    results: list[Command]
    now: Annotated[int, Meta(description="The platform's time, to compare `expires` with; epoch ms")]


class Acknowledgement(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a command: `rejected` if the device did not start it."""

    outcome: Outcome
    result: Annotated[str, Meta(max_length=MAX_RESULT_CHARS)] = ""


def present(device: Device, contact: Contact | None, now: int) -> DeviceView:
    known = contact or Contact()
    interval = device.interval_s * 1_000 if device.interval_s else known.interval or USUAL_INTERVAL_MS
    return DeviceView(
        id=device.id,
        name=device.name,
        asset=device.asset,
        state=state_at(known.heard, interval, now),
        last_heard=int(known.heard) or None,
        interval_s=interval / 1_000,
        set_interval_s=device.interval_s,
        firmware=known.firmware,
        configuration=known.configuration,
        reported=int(known.reported) or None,
        note=device.note,
        registered=device.registered,
        created=device.created,
        revision=device.revision,
    )


def changes_of(change: DeviceChange) -> dict[str, Any]:
    """The members that were sent, but for the revision."""
    found = {name: getattr(change, name) for name in ("name", "asset", "interval_s", "note")}
    return {name: value for name, value in found.items() if value is not msgspec.UNSET}
