"""What alarms need of other packages: interfaces that `config` connects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from catalog.expressions.expression import Node
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange


class EventRecord(NamedTuple):
    """An event that waits in the queue; `t` in epoch ms, `device` is a name, or empty if it is of none. One that is
    sent again has the same id.
    """

    t: int
    type: str
    device: str
    id: str = ""


class QueuedEvents(Protocol):
    def of_entry(self, payload: bytes) -> Sequence[EventRecord] | None:
        """The events of an entry of the queue; None if it holds samples. Raises ValueError if they are unreadable."""


class Contacts(Protocol):
    """When devices and sources were last heard (epoch ms), by id, of those that ever were. Raises Unavailable."""

    def of_devices(self, tenant: TenantConnection, ids: Sequence[str]) -> dict[str, int]: ...

    def of_sources(self, tenant: TenantConnection, ids: Sequence[str]) -> dict[str, int]: ...


_queued_events: QueuedEvents | None = None
_contacts: Contacts | None = None


def set_queued_events(value: QueuedEvents) -> None:
    """Call once per process."""
    global _queued_events
    _queued_events = value


def queued_events() -> QueuedEvents:
    if _queued_events is None:
        raise RuntimeError("No reader of queued events: config's AppConfig sets it.")
    return _queued_events


def set_contacts(value: Contacts) -> None:
    """Call once per process."""
    global _contacts
    _contacts = value


def contacts() -> Contacts:
    if _contacts is None:
        raise RuntimeError("No contacts: config's AppConfig sets them.")
    return _contacts


class Named(NamedTuple):
    """A device or a source, by how people name it; `asset`: an id, if it belongs to one."""

    id: str
    name: str
    asset: str = ""


class CalculatedTarget(NamedTuple):
    """A calculated series: `sensors` by the names that its expression has for them. `broken`: why it has no values."""

    id: str
    site: str
    name: str
    unit: str
    root: Node | None
    sensors: Mapping[str, Sensor]
    broken: str = ""


class OtherTargets(Protocol):
    """What rules may watch beside sensors. Raises Unavailable."""

    def calculated(self, tenant: TenantConnection) -> Sequence[CalculatedTarget]: ...

    def devices(self, tenant: TenantConnection) -> Sequence[Named]: ...

    def sources(self, tenant: TenantConnection) -> Sequence[Named]: ...


_other_targets: OtherTargets | None = None


def set_other_targets(value: OtherTargets) -> None:
    """Call once per process."""
    global _other_targets
    _other_targets = value


def other_targets() -> OtherTargets:
    if _other_targets is None:
        raise RuntimeError("No other targets: config's AppConfig sets them.")
    return _other_targets


class PastEvents(Protocol):
    """Events that are stored."""

    def find(self, tenant: TenantConnection, type: str, span: TimeRange, limit: int, now: int) -> Sequence[EventRecord]:
        """The newest `limit` at most. Raises Unavailable."""


_past_events: PastEvents | None = None


def set_past_events(value: PastEvents) -> None:
    """Call once per process."""
    global _past_events
    _past_events = value


def past_events() -> PastEvents:
    if _past_events is None:
        raise RuntimeError("No past events: config's AppConfig sets them.")
    return _past_events


MAINTENANCE = "maintenance:"  # begins each reason of MaintainedAssets


class MaintainedAssets(Protocol):
    """Assets that are being worked on, whose alarms are suppressed by design."""

    def position(self, tenant: TenantConnection) -> object:
        """While it is the same, so are the reasons. Raises Unavailable."""

    def reasons(self, tenant: TenantConnection) -> Mapping[str, tuple[str, ...]]:
        """By asset. Raises Unavailable."""


_maintained_assets: MaintainedAssets | None = None


def set_maintained_assets(value: MaintainedAssets) -> None:
    """Call once per process."""
    global _maintained_assets
    _maintained_assets = value


def maintained_assets() -> MaintainedAssets:
    if _maintained_assets is None:
        raise RuntimeError("No maintained assets: config's AppConfig sets them.")
    return _maintained_assets
