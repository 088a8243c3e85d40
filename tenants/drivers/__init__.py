"""The list of drivers; adding one touches this list and its own folder."""

from __future__ import annotations

from kernel.errors import BadRequest
from tenants.drivers.base import Driver, DriverError, Endpoints, Server
from tenants.drivers.local import LocalDriver

__all__ = ["DEFAULT", "DRIVERS", "Driver", "DriverError", "Endpoints", "Server", "driver_named"]

DEFAULT = "local"
DRIVERS: dict[str, Driver] = {driver.name: driver for driver in (LocalDriver(),)}


def driver_named(name: str) -> Driver:
    """Raises BadRequest that names the drivers there are."""
    if name not in DRIVERS:
        raise BadRequest(
            f"driver “{name[:40]}” does not exist here; there is: {', '.join(sorted(DRIVERS))}.",
            slug="unknown-driver",
            field="driver",
            drivers=sorted(DRIVERS),
        )
    return DRIVERS[name]
