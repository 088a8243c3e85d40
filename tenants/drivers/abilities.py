"""Optional abilities of drivers. A driver declares one as a base class; callers check with `isinstance`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tenants.drivers.base import Server, Size


@runtime_checkable
class SelectsClusters(Protocol):
    """Tenants may be placed in several clusters."""

    def check_cluster(self, cluster: str) -> None:
        """Raises BadRequest if no tenant can be placed in that cluster. Empty: the default one."""


@runtime_checkable
class Resizes(Protocol):
    """A tenant's server has a size of its own."""

    def check_size(self, size: Size, now: Size | None) -> None:
        """Raises BadRequest if a tenant (a new one, or one of size `now`) cannot have that size."""


@runtime_checkable
class RetainsVolumes(Protocol):
    """A kept disk is a volume, which would be deleted with its tenant, and is adopted by its name in the cluster."""

    def retain_volume(self, server: Server) -> str:
        """Make the volume outlive the tenant; returns its name, empty if there never was one."""


@runtime_checkable
class Restarts(Protocol):
    """Servers may stop, and nobody but us restarts them."""

    def stopped(self, servers: list[Server]) -> list[Server]:
        """Servers that should run but do not."""

    def restart(self, server: Server) -> bool:
        """Restart a stopped one unchanged. False: that is impossible, and it must be provisioned again."""


@runtime_checkable
class DetectsWithdrawal(Protocol):
    """Somebody outside can withdraw the definition of a server, such as its file in git."""

    def withdrawn(self, servers: list[Server]) -> dict[str, str]:
        """By tenant, why its definition is gone. Such a tenant is suspended, never deleted."""
