"""Tells the live stream that something has changed. Whoever shows it reads it again: a lost message does no harm."""

from __future__ import annotations

from typing import Any, Protocol

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


_publisher: Publisher | None = None


def set_publisher(value: Publisher) -> None:
    """Without one nothing is published."""
    global _publisher
    _publisher = value


def publish(tenant: TenantConnection | None, topic: str, /, **change: str) -> None:
    """`tenant`: None for what concerns the platform's operators. `change` says what is to be read again."""
    if _publisher is not None:
        _publisher.publish(tenant, topic, change)


def is_watched(tenant: TenantConnection, source: str) -> bool:
    """Whether somebody wants to see what arrives from the source, by its id."""
    return _publisher is not None and _publisher.is_watched(tenant, source)


def show(tenant: TenantConnection, source: str, arrivals: dict[str, Any]) -> None:
    """A few of what arrived, to whoever watches."""
    if _publisher is not None:
        _publisher.show(tenant, source, arrivals)
