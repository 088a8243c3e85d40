"""The tokens that are bound to a device, which only the package of credentials knows; `config` connects it."""

from __future__ import annotations

from typing import Protocol

from kernel.tenancy import TenantConnection


class DeviceTokens(Protocol):
    def revoke(self, tenant: TenantConnection, device: str) -> int:
        """Revoke all tokens of a device. Returns how many there were."""

    def ids(self, tenant: TenantConnection, device: str) -> frozenset[str]:
        """Of its tokens."""


_tokens: DeviceTokens | None = None


def set_device_tokens(value: DeviceTokens) -> None:
    global _tokens
    _tokens = value


def device_tokens() -> DeviceTokens:
    if _tokens is None:
        raise RuntimeError("No tokens of devices: config's AppConfig sets them.")
    return _tokens
