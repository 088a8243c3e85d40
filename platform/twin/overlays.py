"""What other parts may lay over a frame. `twin` says what it can show; `config` connects who knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kernel.tenancy import TenantConnection


class AlarmStates(Protocol):
    def states(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """Of these sensors, those with an alarm that stands at `at`, and its state."""


class Predictions(Protocol):
    def values(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """Of these sensors, those with a model, and the value that it gives for `at`."""


@dataclass(frozen=True, slots=True)
class Overlays:
    """A frame has no member for an overlay that is None."""

    alarms: AlarmStates | None = None
    predictions: Predictions | None = None


_overlays: Overlays | None = None


def set_overlays(value: Overlays) -> None:
    """Called once per process."""
    global _overlays
    _overlays = value


def overlays() -> Overlays:
    if _overlays is None:
        raise RuntimeError("No overlays: config's AppConfig sets them.")
    return _overlays
