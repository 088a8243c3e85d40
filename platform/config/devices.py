"""Connects devices, which are the data plane's, with their tokens, which only `access` knows."""

from __future__ import annotations

from access.operations.tokens import revoke_device_tokens, tokens_of_device
from ingest.fleet.registry import registry_of
from kernel.tenancy import TenantConnection


class RegisteredDevices:
    """Implements `access.devices.DeviceDirectory`."""

    def has_device(self, tenant: TenantConnection, id: str) -> bool:
        return id in registry_of(tenant).by_id


class BoundTokens:
    """Implements `ingest.devices.credentials.DeviceTokens`."""

    def revoke(self, tenant: TenantConnection, device: str) -> int:
        return revoke_device_tokens(tenant.id, device)

    def ids(self, tenant: TenantConnection, device: str) -> frozenset[str]:
        return frozenset(tokens_of_device(tenant.id, device).values_list("id", flat=True))
