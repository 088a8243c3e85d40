"""What only some drivers can do. A driver has an ability by naming it as a base; callers ask with `isinstance`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tenants.drivers.base import Server, Size


@runtime_checkable
class SelectsClusters(Protocol):
    """Tenants may live in several clusters."""

    def check_cluster(self, cluster: str) -> None:
        """Raises BadRequest if no tenant can live in that cluster. Empty: the usual one."""


@runtime_checkable
class Resizes(Protocol):
    """A tenant's server has a size of its own."""

    def check_size(self, size: Size, now: Size | None) -> None:
        """Raises BadRequest if a tenant (a new one, or one of size `now`) cannot have that size."""


@runtime_checkable
class RetainsVolumes(Protocol):
    """A kept disk is a volume, which would go with its tenant and is adopted by a name of the cluster's own."""

    def retain_volume(self, server: Server) -> str:
        """The volume outlives the tenant; returns its name, empty if there never was one."""


@runtime_checkable
class Restarts(Protocol):
    """Servers may stop running with nobody but us to start them again."""

    def stopped(self, servers: list[Server]) -> list[Server]:
        """Those that do not run although they should."""

    def restart(self, server: Server) -> bool:
        """Start a stopped one just as it was. False: that is impossible, and it must be provisioned again."""


@runtime_checkable
class DetectsWithdrawal(Protocol):
    """Somebody outside can withdraw the definition of a server, such as its file in git."""

    def withdrawn(self, servers: list[Server]) -> dict[str, str]:
        """By tenant: why its definition is gone. Such a tenant is suspended, never deleted."""
