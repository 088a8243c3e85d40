"""What work needs of sibling packages: interfaces that `config` connects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from catalog.models import Sensor
from kernel.seams import Seam
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from work.fields import Person


class DeviceRecord(NamedTuple):
    """`asset`: an id; `firmware`: as it last reported, or empty."""

    id: str
    name: str
    asset: str | None
    firmware: str


class AlarmSubject(NamedTuple):
    """What an alarm is about: ids, or empty."""

    site: str
    asset: str
    sensor: str
    device: str


class People(Protocol):
    """The members of a tenant. Each raises Unavailable."""

    def active(self, tenant: TenantConnection) -> Sequence[Person]:
        """By name."""

    def find(self, tenant: TenantConnection, id: str) -> Person | None:
        """None: there is no such member, or they are not active."""

    def id_of_user(self, tenant: TenantConnection, user: int) -> str:
        """Empty if the user is no member."""

    def ids(self, tenant: TenantConnection) -> Set[str]:
        """Also of those who are not active."""


class Fleet(Protocol):
    def devices(self, tenant: TenantConnection) -> Sequence[DeviceRecord]:
        """Raises Unavailable."""

    def find(self, tenant: TenantConnection, id: str) -> DeviceRecord | None:
        """Raises Unavailable."""


class Alarms(Protocol):
    def find(self, tenant: TenantConnection, key: str) -> AlarmSubject | None:
        """None: there is no such alarm, now or by a rule that is enabled. Raises Unavailable."""

    def suppress_alerts(self, tenant: TenantConnection, reasons: Mapping[str, tuple[str, ...]], now: int) -> None:
        """Have those of other systems' alerts suppressed whose asset has reasons: no evaluator asks for these. Raises
        Unavailable.
        """


class Usage(Protocol):
    """How much an asset was used. Each raises Conflict if that cannot be told, Unavailable."""

    def counted_hours(self, tenant: TenantConnection, sensor: Sensor, span: TimeRange, now: int) -> float:
        """The increase of a counter, in hours."""

    def state_hours(
        self, tenant: TenantConnection, sensor: Sensor, states: Sequence[str], span: TimeRange, now: int
    ) -> float:
        """How long a sensor was in one of these states."""

    def hours_by_period(
        self, tenant: TenantConnection, sensor: Sensor, states: Sequence[str], bounds: Sequence[int], now: int
    ) -> Sequence[float | None]:
        """How long it ran between these moments (epoch ms, to the hour): the increase of a counter, or with `states`
        the time in one of them. None where it has no samples.
        """

    def run_hours(self, tenant: TenantConnection, definition: str, span: TimeRange, now: int) -> float:
        """How long the runs of a definition lasted."""

    def has_runs(self, tenant: TenantConnection, definition: str) -> bool:
        """Whether there is such a definition."""

    def events(
        self, tenant: TenantConnection, type: str, devices: Sequence[str], span: TimeRange, limit: int, now: int
    ) -> int:
        """How many events of a type these devices, by name, sent; `limit` at most."""


@dataclass(frozen=True, slots=True)
class Seams:
    people: People
    fleet: Fleet
    alarms: Alarms
    usage: Usage


seams = Seam[Seams]("what work needs")
