"""What other parts may lay over a frame. `twin` says what it can show; `config` connects who knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kernel.tenancy import TenantConnection


class Alarms(Protocol):
    def states(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """Of these sensors, those with an alarm that stands at `at`, and its state."""


class Predictions(Protocol):
    def values(self, tenant: TenantConnection, sensors: list[str], at: int) -> dict[str, object]:
        """Of these sensors, those with a model, and the value that it gives for `at`."""


@dataclass(slots=True)
class Overlays:
    """None: nobody knows; frames then say nothing of it."""

    alarms: Alarms | None = None
    predictions: Predictions | None = None


overlays = Overlays()
