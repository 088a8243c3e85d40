"""What alarms need of other packages: interfaces that `config` connects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from catalog.expressions.expression import Node
from catalog.models import Sensor
from kernel.seams import Seam
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


queued_events = Seam[QueuedEvents]("queued events")
contacts = Seam[Contacts]("contacts of devices and sources")


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


other_targets = Seam[OtherTargets]("targets of rules beside sensors")


class PastEvents(Protocol):
    """Events that are stored."""

    def find(self, tenant: TenantConnection, type: str, span: TimeRange, limit: int, now: int) -> Sequence[EventRecord]:
        """The newest `limit` at most. Raises Unavailable."""


past_events = Seam[PastEvents]("stored events")

MAINTENANCE = "maintenance:"  # begins each reason of MaintainedAssets


class MaintainedAssets(Protocol):
    """Assets that are being worked on, whose alarms are suppressed by design."""

    def position(self, tenant: TenantConnection) -> object:
        """While it is the same, so are the reasons. Raises Unavailable."""

    def reasons(self, tenant: TenantConnection) -> Mapping[str, tuple[str, ...]]:
        """By asset. Raises Unavailable."""


maintained_assets = Seam[MaintainedAssets]("maintained assets")
