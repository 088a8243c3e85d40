"""Addresses of a cluster inside its network namespace. Up to seven clusters fit into one namespace."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CLUSTERS = 7


@dataclass(frozen=True, slots=True)
class Addresses:
    index: int  # 0: the namespace's first cluster

    @property
    def loopback(self) -> str:
        """For what only the cluster's own programs use."""
        return f"127.0.{self.index}.1"

    @property
    def node(self) -> str:
        return f"10.240.{self.index}.1"

    @property
    def api(self) -> str:
        return f"https://{self.node}:6443"

    @property
    def pods(self) -> str:
        return f"10.241.{self.index}.0/24"

    @property
    def services(self) -> str:
        return f"10.{242 + 2 * self.index}.0.0/16"

    @property
    def api_service(self) -> str:
        """The address that Kubernetes gives its own API: the first of the services."""
        return f"10.{242 + 2 * self.index}.0.1"

    @property
    def simulated(self) -> str:
        """Pods of simulated nodes: never those of a network that something may answer in."""
        return f"10.{243 + 2 * self.index}.0.0/16"
