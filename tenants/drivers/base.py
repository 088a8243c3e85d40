"""What a driver does: give a tenant its own InfluxDB somewhere and take it away again. All else is the same for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from kernel.progress import Report
from tenants.secrets import Secrets, decrypt

Endpoints = dict[str, str]  # `http` (a URL), `backup` (host:port), and what else names its location


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
    encrypted_secrets: str = field(default="", repr=False)
    software: Software = field(default_factory=Software)
    size: Size = field(default_factory=Size)
    volume: str = ""  # the cluster's own name of a disk that was kept
    ring: str = ""

    @property
    def secrets(self) -> Secrets:
        """Decrypted only where they are needed: a tenant can be deleted even when no key fits any more."""
        if not self.encrypted_secrets:
            raise DriverError("The tenant has no credentials yet.")
        return decrypt(self.encrypted_secrets)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One text that a driver would apply, for a preview; secrets are left out."""

    name: str
    text: str


class DriverError(Exception):
    """What cluster, repository or supervisor refused, in a sentence for the operator."""


class Waiting(DriverError):
    """Not yet; nothing is wrong. Asked again after `again_s`; for longer than `at_most_s` it is an error after all."""

    def __init__(self, message: str, again_s: float = 1.0, at_most_s: float | None = 180.0) -> None:
        super().__init__(message)
        self.again_s, self.at_most_s = again_s, at_most_s


class Driver(Protocol):
    """What every driver does; what only some can do is in `abilities`.

    Every method is an *ensure*: a second call changes nothing. None of them blocks: what takes its time raises Waiting.
    Other errors: DriverError, OSError.
    """

    name: str

    def preview(self, server: Server) -> list[Manifest]:
        """The exact texts that would be applied for the server, without secrets. Nothing is changed."""

    def allocate_endpoints(self, server: Server) -> Endpoints:
        """Where the server answers: the endpoints it has, or new ones. Remembered: two calls return the same."""

    def ensure_server(self, server: Server, report: Report) -> None:
        """The server runs its release with authentication on, its data on its disk, and answers. May raise Waiting."""

    def admin_token(self, server: Server, username: str) -> str:
        """A bearer token that the server accepts as that user, for when it refuses the saved password."""

    def stop_server(self, server: Server) -> None:
        """It does not run; its data stays."""

    def remove_server(self, server: Server, report: Report) -> None:
        """Nothing of it runs any more; disk and credentials are still there. May raise Waiting."""

    def remove_disk(self, server: Server) -> None:
        """The disk is gone, with everything on it. May raise Waiting."""

    def release_endpoints(self, server: Server) -> None:
        """Last of all: ports, or namespace and access, are free again. May raise Waiting."""


def plain(value: msgspec.Struct) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built
