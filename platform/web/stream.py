"""Tells the live stream that something has changed. Whoever shows it reads it again: a lost message does no harm."""

from __future__ import annotations

from typing import Any, Protocol

from kernel.seams import Seam
from kernel.tenancy import TenantConnection

JOBS, DEVICES, EVENTS, SOURCES = "jobs", "devices", "events", "sources"
SCHEMATICS, CONNECTIONS, TENANTS = "schematics", "connections", "tenants"
ALARMS, WORKSPACE = "alarms", "workspace"
TOPICS = (JOBS, DEVICES, EVENTS, SOURCES, SCHEMATICS, CONNECTIONS, ALARMS, WORKSPACE, TENANTS)
MAX_EVENTS_SHOWN = 10  # of those that one message is about


class Publisher(Protocol):
    def publish(self, tenant: TenantConnection | None, topic: str, change: dict[str, str]) -> None:
        """Raises nothing."""

    def is_watched(self, tenant: TenantConnection, source: str) -> bool:
        """Whether somebody wants to see what arrives. Raises nothing."""

    def show(self, tenant: TenantConnection, source: str, arrivals: dict[str, Any]) -> None:
        """A few of what arrived. Raises nothing."""


publisher = Seam[Publisher]("the publisher")  # without one nothing is published


def publish(tenant: TenantConnection | None, topic: str, /, **change: str) -> None:
    """`tenant`: None for what concerns the platform's operators. `change` says what is to be read again."""
    if (connected := publisher.get()) is not None:
        connected.publish(tenant, topic, change)


def is_watched(tenant: TenantConnection, source: str) -> bool:
    """Whether somebody wants to see what arrives from the source, by its id."""
    return (connected := publisher.get()) is not None and connected.is_watched(tenant, source)


def show(tenant: TenantConnection, source: str, arrivals: dict[str, Any]) -> None:
    """A few of what arrived, to whoever watches."""
    if (connected := publisher.get()) is not None:
        connected.show(tenant, source, arrivals)
