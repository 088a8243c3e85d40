"""Another unit or kind for a sensor that has samples: they would say something else than they did."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from catalog.models import Model, Sensor
from catalog.units import quantity_of
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from web.stores import streams


class History(StrEnum):
    """What is said of the stored samples when a sensor's unit changes."""

    refuse = "refuse"
    relabel = "relabel"  # they were in the new unit all along, only the label was wrong


class HistoryInTheWay(Conflict):
    """`sensor` has samples that the change would turn into something else."""

    slug, title = "has-samples", "Stored samples would change their meaning"


def check_history(tenant: TenantConnection, changed: Sequence[tuple[Model, Model]], history: History) -> None:
    """Raises HistoryInTheWay, which says what would be needed, for the first sensor whose samples do not fit."""
    pairs = [(old, new) for old, new in changed if isinstance(old, Sensor) and isinstance(new, Sensor)]
    touched = [(old, new) for old, new in pairs if _of_text(old) != _of_text(new) or old.unit != new.unit]
    if not touched:
        return
    known = streams().latest(tenant.prefix, [old.id for old, _ in touched])
    for old, new in touched:
        if old.id not in known:
            continue
        if _of_text(old) != _of_text(new):
            raise HistoryInTheWay(
                f"{old.tag} has samples of kind “{old.kind}”, which a sensor of kind “{new.kind}” cannot show. Make a "
                "sensor with another tag for what comes, or delete its samples first.",
                sensor=old.id,
            )
        if old.unit and history is not History.relabel:
            raise HistoryInTheWay(_sentence(old, new), sensor=old.id, field="unit")


def _of_text(sensor: Sensor) -> bool:
    """Texts and numbers are stored apart; all kinds of numbers alike."""
    return sensor.kind == "text"


def _sentence(old: Sensor, new: Sensor) -> str:
    same = bool(new.unit) and quantity_of(old.unit) == quantity_of(new.unit)
    about = "the same quantity" if same else "another quantity"
    return (
        f"{old.tag} has samples in {old.unit}; {new.unit or 'no unit'} is {about}, and its stored figures would be "
        f"read as {new.unit or 'plain numbers'}. If they were that all along, say history=relabel; otherwise make "
        "a sensor with another tag for what comes from now on, or send it on in the old unit."
    )
