"""Devices registered, changed and removed by people; their heartbeats; and what becomes due by itself."""

from __future__ import annotations

import msgspec

from catalog.snapshot import snapshot_of
from ingest.devices import heartbeat_rates, trail
from ingest.devices.credentials import device_tokens
from ingest.devices.models import DeviceChange, DeviceView, Heartbeat, NewDevice, changes_of, present
from ingest.fleet import contacts, registry
from ingest.fleet.registry import Device
from kernel.errors import BadRequest, Forbidden
from kernel.ids import DEVICE, new_id
from kernel.tenancy import TenantConnection
from stores.redis.device_commands import StoredCommand
from web import stream
from web.audit import audit
from web.stores import device_commands, devices


def all_devices(tenant: TenantConnection, now: int) -> list[DeviceView]:
    """By name."""
    known = registry.registry_of(tenant).by_id
    heard = devices().contacts(tenant.prefix, known)
    views = [present(device, heard.get(id), now) for id, device in known.items()]
    return sorted(views, key=place_of)


def place_of(view: DeviceView) -> str:
    """A key for `page_of`. Names have no control characters, so one that begins another comes first."""
    return f"{view.name}\x1f{view.id}"


def view(tenant: TenantConnection, device: Device, now: int) -> DeviceView:
    return present(device, devices().contacts(tenant.prefix, [device.id]).get(device.id), now)


def add(tenant: TenantConnection, new: NewDevice, now: int) -> Device:
    """Raises BadRequest (no such asset) and Conflict."""
    device = Device(id=new_id(DEVICE), created=now, **msgspec.structs.asdict(new))
    _check_asset(tenant, device.asset)
    added = registry.add(tenant, device)
    stream.publish(tenant, stream.DEVICES, id=added.id)
    return added


def change(tenant: TenantConnection, id: str, wanted: DeviceChange, now: int) -> Device:
    """Raises NotFound, BadRequest and Conflict."""
    before, changes = registry.find(tenant, id), changes_of(wanted)
    _check_asset(tenant, changes.get("asset"))
    changed = registry.change(tenant, msgspec.structs.replace(before, **changes), wanted.revision)
    contacts.note(tenant, [contacts.interval_sign(changed)], now)
    stream.publish(tenant, stream.DEVICES, id=id)
    return changed


def remove(tenant: TenantConnection, id: str, now: int) -> tuple[Device, int, list[StoredCommand]]:
    """The device, how many of its tokens were revoked, and its commands that were still open. Raises NotFound."""
    device = registry.find(tenant, id)
    revoked = device_tokens().revoke(tenant, id)
    removed = registry.remove(tenant, device.id)
    waiting = device_commands().open_of_device(tenant.prefix, id)
    device_commands().forget_device(tenant.prefix, id, now)
    stream.publish(tenant, stream.DEVICES, id=id)
    return removed, revoked, waiting


def beat(tenant: TenantConnection, bound: str, heartbeat: Heartbeat, now: int) -> Device:
    """Note a heartbeat. `bound`: the id of the device whose own token sent it, or empty; then one that is not known
    yet is registered.

    Raises BadRequest, Forbidden, Conflict (too many devices), TooManyRequests.
    """
    device = _sender(tenant, bound, heartbeat, now)
    if not bound:
        heartbeat_rates.take_named(tenant, device.id)
    sign = contacts.sign_of(device, now, heartbeat.firmware, heartbeat.configuration, heartbeat.interval_s)
    contacts.note(tenant, [sign], now)
    return device


def watch(tenant: TenantConnection, now: int) -> None:
    """Announce devices that fell silent, complete the audit trail, and end commands that have expired."""
    while silent := devices().sweep(tenant.prefix, now):
        contacts.announce(tenant, silent)
    trail.write_missing(tenant, now)
    while expired := device_commands().expired(tenant.prefix, now):
        # Audited before they are ended: a kill in between repeats an entry, and never loses one.
        for command in device_commands().find(tenant.prefix, expired):
            detail = {"device": command.device, "kind": command.kind, "sent": command.sent}
            audit(None, "device-command.expire", command.id, detail, tenant=tenant.slug)
        device_commands().expire(tenant.prefix, expired, now)
        stream.publish(tenant, stream.DEVICES)


def _sender(tenant: TenantConnection, bound: str, heartbeat: Heartbeat, now: int) -> Device:
    if bound:
        device = registry.device_of_token(tenant, bound)
        if heartbeat.device not in (None, device.name):
            raise Forbidden(
                f"This token is bound to the device “{device.name}”; it cannot speak for another.", slug="other-device"
            )
        return device
    if heartbeat.device is None:
        raise BadRequest(
            "`device` is missing: its name. Only a token that is bound to a device can leave it out.",
            slug="device-missing", field="device",
        )  # fmt: skip
    device_ = registry.register(tenant, [heartbeat.device], "heartbeat", now).by_name.get(heartbeat.device)
    if device_ is None:
        raise registry.too_many(tenant)
    return device_


def _check_asset(tenant: TenantConnection, asset: str | None) -> None:
    if asset is not None and asset not in snapshot_of(tenant).assets:
        raise BadRequest(f"There is no asset “{asset}”.", slug="no-such-asset", field="asset")
