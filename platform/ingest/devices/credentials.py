"""The tokens that are bound to a device, which only the package of credentials knows; `config` connects it."""

from __future__ import annotations

from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class DeviceTokens(Protocol):
    def revoke(self, tenant: TenantConnection, device: str) -> int:
        """Revoke all tokens of a device. Returns how many there were."""

    def ids(self, tenant: TenantConnection, device: str) -> frozenset[str]:
        """Of its tokens."""


device_tokens = Seam[DeviceTokens]("tokens of devices")
