"""The list of drivers. What else a new one needs: docs/architecture.md, *Where to add something*.

Drivers are imported when first used: an embedded installation never needs the dependencies of the Kubernetes drivers.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from kernel.errors import BadRequest
from tenants.drivers.abilities import DetectsWithdrawal, Resizes, Restarts, RetainsVolumes, SelectsClusters
from tenants.drivers.base import (
    Driver,
    DriverError,
    Endpoints,
    Manifest,
    Server,
    Size,
    Software,
    Waiting,
)  # fmt: skip

__all__ = [
    "KNOWN", "DetectsWithdrawal", "Driver", "DriverError", "Endpoints", "Manifest", "Resizes", "Restarts",
    "RetainsVolumes", "SelectsClusters", "Server", "Size", "Software", "Waiting", "default_driver", "driver_named",
    "drivers",
]  # fmt: skip

KNOWN = {
    "local": "tenants.drivers.local.driver.LocalDriver",
    "helm": "tenants.drivers.helm.driver.HelmDriver",
    "gitops": "tenants.drivers.gitops.driver.GitopsDriver",
}


def default_driver() -> str:
    """The first that TENANT_DRIVERS names."""
    return str(settings.TENANT_DRIVERS[0])


def drivers() -> dict[str, Driver]:
    """The drivers of this installation (TENANT_DRIVERS), by name."""
    return {name: _driver(name) for name in settings.TENANT_DRIVERS}


def driver_named(name: str) -> Driver:
    """Raises BadRequest with the names of available drivers."""
    if name not in settings.TENANT_DRIVERS:
        there = sorted(settings.TENANT_DRIVERS)
        raise BadRequest(
            f"driver “{name[:40]}” is not enabled here; use one of: {', '.join(there)}.",
            slug="unknown-driver",
            field="driver",
            drivers=there,
        )
    return _driver(name)


@cache
def _driver(name: str) -> Driver:
    module, _, kind = KNOWN[name].rpartition(".")
    driver: Driver = getattr(import_module(module), kind)()
    return driver
