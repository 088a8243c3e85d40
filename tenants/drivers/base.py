"""What a driver does: give a tenant its own InfluxDB somewhere and take it away again; the rest is the same for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from tenants.secrets import Secrets, unseal

Endpoints = dict[str, str]  # what each server answers at: `http` (a URL), `backup` (host:port), and where it lies
Report = Callable[[str], None]  # shows people what is under way, as the step's message


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tenant's server may use. A disk only grows."""

    disk_gib: int = 20
    memory_mib: int = 1024
    cpu_milli: int = 1000


class Software(msgspec.Struct, frozen=True):
    """What a tenant's server is made of: that of its release. What is empty is as the chart has it."""

    release: str = ""
    chart_version: str = ""
    images: dict[str, str] = {}  # `influxdb`, `plantrace`: repository:tag
    settings: dict[str, str] = {}  # InfluxDB's: cacheMaxMemory, snapshotColdDuration


@dataclass(frozen=True, slots=True)
class Server:
    """One tenant's InfluxDB, as a driver sees it: `tenant` names what runs, `disk` what lies on the disk."""

    tenant: str
    slug: str
    disk: str
    cluster: str
    endpoints: Endpoints
    name: str = ""
    sealed: str = field(default="", repr=False)
    software: Software = field(default_factory=Software)
    size: Size = field(default_factory=Size)
    volume: str = ""  # the cluster's own name of a disk that was kept
    ring: str = ""

    @property
    def secrets(self) -> Secrets:
        """Opened only where they are needed: what is deleted must go even if no key fits any more."""
        if not self.sealed:
            raise DriverError("The tenant has no credentials yet.")
        return unseal(self.sealed)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One text that a driver will hand on, for a preview: secrets are left out."""

    name: str
    text: str


class DriverError(Exception):
    """What the outside refused, in a sentence for the operator."""


class Waiting(DriverError):
    """Not yet; nothing is wrong. Asked again after `again_s`; for longer than `at_most_s` it is an error after all."""

    def __init__(self, message: str, again_s: float = 1.0, at_most_s: float | None = 180.0) -> None:
        super().__init__(message)
        self.again_s, self.at_most_s = again_s, at_most_s


class Driver(Protocol):
    """Every method is an *ensure*: run twice, it changes nothing the second time. Errors: DriverError, OSError."""

    name: str
    server_title: str  # what the steps call it: "InfluxDB"
    falls_asleep: bool  # whether a server may stop running without anybody but us to start it again
    can_be_withdrawn: bool  # whether somebody outside can take back what makes a server run

    def check_cluster(self, cluster: str) -> None:
        """Raises BadRequest if the driver cannot place a tenant on that cluster."""

    def check_size(self, size: Size, now: Size | None) -> None:
        """Raises BadRequest if a tenant (a new one, or one of size `now`) cannot be that size."""

    def preview(self, server: Server) -> list[Manifest]:
        """The exact texts that make the server so. Secrets are left out; nothing is changed."""

    def allocate_endpoints(self, server: Server) -> Endpoints:
        """Where the server answers: as it is, or chosen now. Remembered, so that two calls agree."""

    def ensure_server(self, server: Server, report: Report) -> None:
        """The server runs its release with authentication on, its data on its disk, and answers. May raise Waiting."""

    def admin_token(self, server: Server, username: str) -> str:
        """A bearer token that the server takes as that user, for when it refuses the saved password."""

    def stop_server(self, server: Server) -> None:
        """It does not run; its data stays."""

    def remove_server(self, server: Server, report: Report) -> None:
        """Nothing of it runs any more; disk and credentials are still there. May raise Waiting."""

    def keep_disk(self, server: Server) -> str:
        """The disk outlives all else; answers the outside's own name of it, if it has one."""

    def remove_disk(self, server: Server) -> None:
        """The disk is gone, with all that lay on it. May raise Waiting."""

    def release_endpoints(self, server: Server) -> None:
        """Last of all: access and place are gone. May raise Waiting."""

    def stopped(self, servers: list[Server]) -> list[Server]:
        """Those of them that do not run, though nobody stopped trying."""

    def restart(self, server: Server) -> bool:
        """Start one that was stopped, just as it was. False: it cannot be, and needs to be provisioned anew."""

    def withdrawn(self, servers: list[Server]) -> dict[str, str]:
        """By tenant: why somebody outside took back what makes it run. Such a tenant is suspended, never deleted."""


def plain(value: msgspec.Struct) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built
