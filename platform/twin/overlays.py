"""Overlays on a frame, supplied by other packages: `twin` defines the interfaces, `config` connects providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from kernel.seams import Seam
from kernel.tenancy import TenantConnection


class SensorAlarms(Struct, frozen=True):
    """What a sensor's active alarms amount to: the condition, and the key, of the most important one."""

    priority: Annotated[Literal[1, 2, 3, 4], Meta(description="1 is the highest")]
    condition: Annotated[
        Literal["unacknowledged", "acknowledged", "returned", "latched"],
        Meta(description="unacknowledged if one of them is"),
    ]
    count: int
    key: str


class SensorAlarmRun(Struct, frozen=True):
    """From frame `start` to `end`, that one not included, a sensor's alarms were so."""

    start: int
    end: int
    alarms: SensorAlarms


class AlarmStates(Protocol):
    def states(self, tenant: TenantConnection, sensors: list[str], at: int, now: int) -> dict[str, SensorAlarms]:
        """The alarms at `at` (epoch ms), for those of the sensors that have an active one."""

    def runs(
        self, tenant: TenantConnection, sensors: list[str], frames: Sequence[int], now: int
    ) -> dict[str, list[SensorAlarmRun]] | None:
        """The alarms at each of these moments (epoch ms, in order), of those of the sensors that have some; None if
        that would be too much.
        """


class Predictions(Protocol):
    def values(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """The predicted value at `at` (epoch ms), for those of the sensors that have a model."""


@dataclass(frozen=True, slots=True)
class Overlays:
    """A frame omits an overlay that is None."""

    alarms: AlarmStates | None = None
    predictions: Predictions | None = None


overlays = Seam[Overlays]("overlays")
