"""What the platform knows about a device, for the device itself. `config` connects what is known in which package."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from catalog.snapshot import snapshot_of
from ingest.fleet.registry import Device
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position

TTL_MS = 10_000
MAX_KEPT = 500  # devices in one process, of all tenants


class DeviceFacts(Protocol):
    """One kind of facts. The answer is plain values or structs, small, and made within a request."""

    def facts(self, tenant: TenantConnection, device: Device, now: int) -> Any: ...


class _Kept(NamedTuple):
    position: Position  # of the catalog
    device: Device
    at: int
    facts: dict[str, Any]


_providers: dict[str, DeviceFacts] = {}
_kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
_guard = threading.Lock()


def set_device_facts(providers: Mapping[str, DeviceFacts]) -> None:
    """By the name that they have in the answer."""
    global _providers
    _providers = dict(providers)
    _kept.clear()


def facts_of(tenant: TenantConnection, device: Device, now: int) -> dict[str, Any]:
    """For ten seconds the same, unless the catalog or the device's registration changes."""
    position, key = snapshot_of(tenant).position, (tenant.id, device.id)
    with _guard:
        kept = _kept.get(key)
    if kept is not None and kept[:2] == (position, device) and 0 <= now - kept.at < TTL_MS:
        return kept.facts
    facts = {name: each.facts(tenant, device, now) for name, each in _providers.items()}
    with _guard:
        _kept[key] = _Kept(position, device, now, facts)
        _kept.move_to_end(key)
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return facts
