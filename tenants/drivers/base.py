"""What a driver does: give a tenant its own InfluxDB somewhere and take it away again; the rest is the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

Endpoints = dict[str, str]  # what each server answers at: `http` (a URL), `backup` (host:port)


@dataclass(frozen=True, slots=True)
class Server:
    """One tenant's InfluxDB, as a driver sees it: `tenant` names what runs, `disk` what lies on the disk."""

    tenant: str
    slug: str
    disk: str
    cluster: str
    endpoints: Endpoints


class DriverError(Exception):
    """What the outside refused, in a sentence for the operator."""


class Driver(Protocol):
    """Every method is an *ensure*: run twice, it changes nothing the second time. Errors: DriverError, OSError."""

    name: str
    server_title: str  # what the steps call it: "InfluxDB"

    def check_cluster(self, cluster: str) -> None:
        """Raises BadRequest if the driver cannot place a tenant on that cluster."""

    def place(self, server: Server) -> Endpoints:
        """Where the server answers: as it is, or chosen now. Remembered, so that two calls agree."""

    def ensure_server(self, server: Server) -> None:
        """The server runs with authentication on, its data on its disk, and answers."""

    def admin_token(self, server: Server, username: str) -> str:
        """A bearer token that the server takes as that user, for when it refuses the saved password."""

    def stop_server(self, server: Server) -> None:
        """It does not run; its data stays."""

    def remove_server(self, server: Server) -> None:
        """Nothing of it is left but the disk."""

    def remove_disk(self, server: Server) -> None:
        """The disk is gone, with all that lay on it."""

    def asleep(self, servers: list[Server]) -> list[Server]:
        """Those of them that do not run, though nobody stopped trying."""

    def start_again(self, server: Server) -> bool:
        """Start one that was asleep, just as it was. False: it cannot be, and needs to be provisioned anew."""
