"""The devices of a tenant as documents, in memory: checked against Redis at each use, as the catalog is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Literal

import msgspec
from msgspec import Struct

from catalog.reading import reading
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.ids import DEVICE, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from stores.redis.changes import ChangeLog
from stores.redis.epochs import Position
from web.stores import documents

COLLECTION = SCOPE = "devices"  # SCOPE: of the lock and the log
MAX_TENANTS = 50  # in one process
BATCH_SIZE = 1_000
Registered = Literal["hand", "heartbeat", "event"]


class Device(Struct, frozen=True, kw_only=True):
    """A device as it is registered. `name` is what it calls itself in heartbeats and events."""

    id: str
    name: str
    asset: str | None = None
    interval_s: float | None = None
    note: str = ""
    registered: Registered = "hand"
    created: int
    revision: int = 1


class Registry:
    """All devices of a tenant at one position of their log. Immutable."""

    def __init__(self, position: Position, by_id: Mapping[str, Device], by_name: Mapping[str, Device]) -> None:
        self.position, self.by_id, self.by_name = position, by_id, by_name

    def __len__(self) -> int:
        return len(self.by_id)

    def patched(self, position: Position, ids: Sequence[str], now: Sequence[Device]) -> Registry:
        """With those ids replaced by what they are `now`, or removed."""
        by_id, by_name = dict(self.by_id), dict(self.by_name)
        for id in ids:
            if (before := by_id.pop(id, None)) is not None:
                by_name.pop(before.name, None)
        by_id |= {device.id: device for device in now}
        by_name |= {device.name: device for device in now}
        return Registry(position, by_id, by_name)


_known: OrderedDict[str, Registry] = OrderedDict()
_lock = threading.Lock()


def log_of(tenant: TenantConnection) -> ChangeLog:
    return documents(tenant).log(SCOPE)


def registry_of(tenant: TenantConnection) -> Registry:
    """As of now; one round trip to Redis while nothing has changed, and then only what has is read."""
    log = log_of(tenant)
    if (known := _serving(tenant, log.position())) is not None:
        return known
    with reading(documents(tenant), SCOPE):
        position = log.position()
        if (known := _serving(tenant, position)) is None:
            known = _brought_up(tenant, log, position)
            _keep(tenant, known)
        return known


def _serving(tenant: TenantConnection, position: Position) -> Registry | None:
    with _lock:
        known = _known.get(tenant.documents)
    if known is None or known.position.epoch != position.epoch or known.position.number < position.number:
        return None
    return known


def _brought_up(tenant: TenantConnection, log: ChangeLog, position: Position) -> Registry:
    with _lock:
        known = _known.get(tenant.documents)
    touched = log.touched_since(known.position) if known is not None else None
    if known is None or touched is None:
        found = [_device(each) for each in documents(tenant).find(COLLECTION)]
        return Registry(position, {}, {}).patched(position, [], found)
    ids = [id for _, id in touched]
    return known.patched(position, ids, [_device(each) for each in documents(tenant).get_many(COLLECTION, ids)])


def _keep(tenant: TenantConnection, registry: Registry) -> None:
    with _lock:
        _known[tenant.documents] = registry
        _known.move_to_end(tenant.documents)
        while len(_known) > MAX_TENANTS:
            _known.popitem(last=False)


def find(tenant: TenantConnection, id: str) -> Device:
    """Raises NotFound."""
    found = registry_of(tenant).by_id.get(id)
    if found is None:
        raise NotFound(f"There is no device “{id[:40]}”.", slug="no-such-device")
    return found


def device_of_token(tenant: TenantConnection, bound: str) -> Device:
    """Raises Forbidden if the token is not bound to a device, or the device is no longer registered."""
    if not bound:
        raise Forbidden(
            "Only a device may do this, with a token that is bound to it: create one with `device` set to its id.",
            slug="device-token-needed",
        )
    device = registry_of(tenant).by_id.get(bound)
    if device is None:
        raise Forbidden("The device that this token is bound to is no longer registered.", slug="device-removed")
    return device


def register(tenant: TenantConnection, names: Sequence[str], how: Registered, now: int) -> Registry:
    """Ensure that devices of these names are registered, as many as the tenant may have. Returns all devices.

    Nothing is written, and no lock taken, where there is nothing to be added.
    """
    registry = registry_of(tenant)
    if not _missing(tenant, registry, names):
        return registry
    with documents(tenant).exclusive(SCOPE):
        missing = _missing(tenant, registry_of(tenant), names)
        new = [Device(id=new_id(DEVICE), name=name, registered=how, created=now) for name in missing]
        with _logged(tenant, [device.id for device in new]):
            for start in range(0, len(new), BATCH_SIZE):
                documents(tenant).insert_many(COLLECTION, list(map(_document, new[start : start + BATCH_SIZE])))
    return registry_of(tenant)


def add(tenant: TenantConnection, device: Device) -> Device:
    """Conflict if there is one of its name already, or no room for another."""
    with _changing(tenant, device.id):
        registry = registry_of(tenant)
        _check_name(registry, device)
        if len(registry) >= tenant.limits.devices:
            raise too_many(tenant)
        return _device(documents(tenant).insert(COLLECTION, _document(device)))


def change(tenant: TenantConnection, device: Device, revision: int) -> Device:
    """Store it as it is now. Raises Conflict and NotFound."""
    with _changing(tenant, device.id):
        _check_name(registry_of(tenant), device)
        stored = documents(tenant).change(COLLECTION, device.id, lambda before: _document(device), revision)
    return _device(stored)


def remove(tenant: TenantConnection, id: str) -> Device:
    """Raises NotFound."""
    with _changing(tenant, id):
        return _device(documents(tenant).delete(COLLECTION, id))


def too_many(tenant: TenantConnection) -> Conflict:
    return Conflict(
        f"There are {tenant.limits.devices} devices already; remove one, or have the limit raised.",
        slug="too-many-devices",
    )


def _missing(tenant: TenantConnection, registry: Registry, names: Sequence[str]) -> list[str]:
    room = max(0, tenant.limits.devices - len(registry))
    return [name for name in dict.fromkeys(names) if name not in registry.by_name][:room]


def _check_name(registry: Registry, device: Device) -> None:
    other = registry.by_name.get(device.name)
    if other is not None and other.id != device.id:
        raise Conflict(f"There is a device “{device.name}” already: {other.id}.", slug="name-taken", field="name")


@contextmanager
def _changing(tenant: TenantConnection, id: str) -> Iterator[None]:
    with documents(tenant).exclusive(SCOPE), _logged(tenant, [id]):
        yield


def _logged(tenant: TenantConnection, ids: Sequence[str]) -> AbstractContextManager[None]:
    return log_of(tenant).changing([(COLLECTION, id) for id in ids])


def _device(document: Document) -> Device:
    return msgspec.convert({**document, "id": document["_id"]}, Device)


def _document(device: Device) -> Document:
    content = msgspec.to_builtins(device)
    return {"_id": content.pop("id"), **content}
