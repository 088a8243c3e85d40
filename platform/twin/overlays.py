"""Overlays on a frame, supplied by other packages: `twin` defines the interfaces, `config` connects providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kernel.tenancy import TenantConnection


class AlarmStates(Protocol):
    def states(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """The alarm state at `at` (epoch ms), for those of the sensors that have an active alarm."""


class Predictions(Protocol):
    def values(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """The predicted value at `at` (epoch ms), for those of the sensors that have a model."""


@dataclass(frozen=True, slots=True)
class Overlays:
    """A frame omits an overlay that is None."""

    alarms: AlarmStates | None = None
    predictions: Predictions | None = None


_overlays: Overlays | None = None


def set_overlays(value: Overlays) -> None:
    """Call once per process."""
    global _overlays
    _overlays = value


def overlays() -> Overlays:
    if _overlays is None:
        raise RuntimeError("No overlays: config's AppConfig sets them.")
    return _overlays
