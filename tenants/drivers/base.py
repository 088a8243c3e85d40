"""The interface of a driver, which provisions and removes a tenant's InfluxDB. Everything else is common to all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from kernel.progress import Report
from tenants.secrets import Secrets, decrypt

Endpoints = dict[str, str]  # `http` (a URL), `backup` (host:port), and whatever else locates it


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Resources of a tenant's server. A disk can only grow."""

    disk_gib: int = 20
    memory_mib: int = 1024
    cpu_milli: int = 1000


class Software(msgspec.Struct, frozen=True):
    """The software of a tenant's server, from its release. Empty fields use the chart's defaults."""

    release: str = ""
    chart_version: str = ""
    images: dict[str, str] = {}  # `influxdb`, `plantrace`: repository:tag
    settings: dict[str, str] = {}  # InfluxDB's: cacheMaxMemory, snapshotColdDuration


@dataclass(frozen=True, slots=True)
class Server:
    """One tenant's InfluxDB, as a driver sees it: `tenant` identifies the process, `disk` its data."""

    tenant: str
    slug: str
    disk: str
    cluster: str
    endpoints: Endpoints
    name: str = ""
    encrypted_secrets: str = field(default="", repr=False)
    software: Software = field(default_factory=Software)
    size: Size = field(default_factory=Size)
    volume: str = ""  # name of a kept disk in the cluster
    ring: str = ""

    @property
    def secrets(self) -> Secrets:
        """Decrypted only when needed, so that a tenant can be deleted even if no key fits any more."""
        if not self.encrypted_secrets:
            raise DriverError("The tenant has no credentials yet.")
        return decrypt(self.encrypted_secrets)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that a driver would apply, for a preview; secrets are left out."""

    name: str
    text: str


class DriverError(Exception):
    """An error of the cluster, repository or supervisor, as a sentence for the operator."""


class Waiting(DriverError):
    """Not ready yet, without an error. Retried after `again_s`; after `at_most_s` it becomes an error."""

    def __init__(self, message: str, again_s: float = 1.0, at_most_s: float | None = 180.0) -> None:
        super().__init__(message)
        self.again_s, self.at_most_s = again_s, at_most_s


class Driver(Protocol):
    """What every driver does; optional features are in `abilities`.

    Every method is idempotent. None of them blocks: whatever takes long raises Waiting. Other errors: DriverError,
    OSError.
    """

    name: str

    def preview(self, server: Server) -> list[Manifest]:
        """The manifests that would be applied for the server, without secrets. Changes nothing."""

    def allocate_endpoints(self, server: Server) -> Endpoints:
        """The server's endpoints: existing or newly allocated ones. Stored, so two calls return the same."""

    def ensure_server(self, server: Server, report: Report) -> None:
        """Ensure that the server runs its release, with authentication and its disk, and answers. May raise Waiting."""

    def admin_token(self, server: Server, username: str) -> str:
        """A bearer token that the server accepts for that user, in case it rejects the saved password."""

    def stop_server(self, server: Server) -> None:
        """Ensure that it is stopped; its data is kept."""

    def remove_server(self, server: Server, report: Report) -> None:
        """Ensure that nothing of it runs; disk and credentials are kept. May raise Waiting."""

    def remove_disk(self, server: Server) -> None:
        """Ensure that the disk is deleted. May raise Waiting."""

    def release_endpoints(self, server: Server) -> None:
        """Ensure, last of all, that ports, or namespace and access, are released. May raise Waiting."""


def plain(value: msgspec.Struct) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built
