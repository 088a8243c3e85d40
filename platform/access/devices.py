"""Whether a device exists, which only the data plane knows; `config` connects it."""

from __future__ import annotations

from typing import Protocol

from kernel.tenancy import TenantConnection


class DeviceDirectory(Protocol):
    def has_device(self, tenant: TenantConnection, id: str) -> bool: ...


_directory: DeviceDirectory | None = None


def set_device_directory(value: DeviceDirectory) -> None:
    global _directory
    _directory = value


def device_directory() -> DeviceDirectory:
    if _directory is None:
        raise RuntimeError("No directory of devices: config's AppConfig sets it.")
    return _directory
