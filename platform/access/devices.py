"""Whether a device exists, which only the data plane knows; `config` connects it."""

from __future__ import annotations

from typing import Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class DeviceDirectory(Protocol):
    def has_device(self, tenant: TenantConnection, id: str) -> bool: ...


device_directory = Seam[DeviceDirectory]("the directory of devices")
