"""Another unit or kind for a sensor that has samples: they would say something else than they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from enum import StrEnum

from msgspec.structs import replace

from catalog.models import Model, Sensor
from catalog.samples import sensors_with_samples
from catalog.units import Conversion, StoredUnit, conversion, quantity_of
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection

Change = tuple[Model, Model]
CONVERTIBLE = ("continuous", "counter")
DIGITS = 12  # of a range's ends once they are converted


class History(StrEnum):
    """What happens to the stored samples when a sensor's unit changes."""

    refuse = "refuse"
    convert = "convert"  # they are in the old unit; from now on they are shown, and new ones sent, in the new one
    relabel = "relabel"  # they were in the new unit all along, only the label was wrong


class HasSamples(Conflict):
    """`sensor` has samples that the change would turn into something else."""

    slug, title = "has-samples", "Stored samples would change their meaning"


def apply_history(
    tenant: TenantConnection, changed: Sequence[Change], history: History, named: Mapping[str, Set[str]]
) -> list[Change]:
    """The changes with what follows from them for samples that exist. `named`: by id, the fields the caller sent.

    Raises HasSamples, which says what would be needed, for the first sensor whose samples do not fit, and Unavailable
    if it cannot be determined whether there are any.
    """
    sensors = {old.id: old for old, new in changed if isinstance(old, Sensor) and _touches_samples(old, new)}
    if not sensors:
        return list(changed)
    sensors_to_check = [
        sensors[old.id] for old, new in changed if old.id in sensors and _depends(sensors[old.id], new, history)
    ]
    known = sensors_with_samples(tenant, sensors_to_check)

    def settled(old: Model, new: Model) -> Model:
        if not isinstance(old, Sensor) or not isinstance(new, Sensor) or old.id not in sensors:
            return new
        return _settled(old, new, old.id in known, history, named.get(old.id, frozenset()))

    return [(old, settled(old, new)) for old, new in changed]


def _touches_samples(old: Sensor, new: Model) -> bool:
    if not isinstance(new, Sensor):
        return False
    in_another_kind = old.kind != new.kind and old.stored_as is not None
    return in_another_kind or _of_text(old) != _of_text(new) or old.unit != new.unit


def _depends(old: Sensor, new: Model, history: History) -> bool:
    """Whether it matters for the change if there are samples; to find out may take long, or be impossible now."""
    assert isinstance(new, Sensor)
    if _of_text(old) != _of_text(new) or old.unit == new.unit:
        return True
    if not old.unit or history is History.convert:
        return False
    return history is History.refuse or old.stored_as is not None


def _settled(old: Sensor, new: Sensor, has_samples: bool, history: History, named: Set[str]) -> Sensor:
    if has_samples and _of_text(old) != _of_text(new):
        raise HasSamples(
            f"{old.tag} has samples of kind “{old.kind}”, which a sensor of kind “{new.kind}” cannot show. Create a "
            "sensor with another tag for new samples, or delete the stored ones first.",
            sensor=old.id,
        )
    if old.unit == new.unit:
        return _in_another_kind(old, new, has_samples)
    if history is History.convert and old.unit:
        return _converted(old, new, named)
    if not has_samples:
        return replace(new, stored_as=None)
    if history is History.relabel and old.stored_as is not None:
        raise HasSamples(
            f"The samples of {old.tag} are stored in {old.stored_as.unit} and shown in {old.unit}, so a new label "
            f"alone would be wrong. Change the unit back to {old.stored_as.unit} with history=convert first.",
            sensor=old.id,
            field="unit",
        )
    if old.unit and history is not History.relabel:
        raise _refusal(old, new)
    return new


def _in_another_kind(old: Sensor, new: Sensor, has_samples: bool) -> Sensor:
    """Of a sensor whose samples are kept in another unit, or were."""
    if not has_samples:
        return replace(new, stored_as=None)
    assert old.stored_as is not None
    _check_kind(new, old.stored_as, old.stored_as.unit)
    return new


def _converted(old: Sensor, new: Sensor, named: Set[str]) -> Sensor:
    """In the new unit, with its limits; `stored_as` says how its samples become it."""
    between = _between(old, new)
    if between is None:
        raise _refusal(old, new)
    origin = old.stored_as.unit if old.stored_as else old.unit
    whole = conversion(origin, new.unit)
    assert whole is not None
    _check_kind(new, whole, old.unit)
    # Also where no sample is known: some may be on their way.
    stored_as = StoredUnit(whole.factor, whole.offset, origin) if origin != new.unit else None
    return replace(new, stored_as=stored_as, **_limits(old, named, between))


def _between(old: Sensor, new: Sensor) -> Conversion | None:
    return conversion(old.unit, new.unit) if old.unit and new.unit else None


def _check_kind(new: Sensor, whole: Conversion, unit: str) -> None:
    """States are figures as they are; a counter begins at zero in every unit it may have."""
    if new.kind not in CONVERTIBLE:
        why = f"a {new.kind} sensor's values are not measurements and cannot be converted"
    elif new.kind == "counter" and whole.offset:
        why = f"a counter's zero is not {whole.offset:g} {new.unit}"
    else:
        return
    raise HasSamples(
        f"{new.tag} has samples in {unit}, and {why}. Create a sensor with another tag for new samples.",
        sensor=new.id,
        field="kind",
    )


def _limits(old: Sensor, named: Set[str], between: Conversion) -> dict[str, object]:
    """The limits that the change does not name, in the new unit. Those it contains are in that unit already."""
    limits: dict[str, object] = {}
    if old.range is not None and "range" not in named:
        limits["range"] = tuple(_short(each * between.factor + between.offset) for each in old.range)
    if old.rollover is not None and "rollover" not in named:
        limits["rollover"] = _short(old.rollover * between.factor)
    if old.tolerance and "tolerance" not in named:
        limits["tolerance"] = _short(old.tolerance * between.factor)
    return limits


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _of_text(sensor: Sensor) -> bool:
    """Texts and numbers are stored apart; all kinds of numbers alike."""
    return sensor.kind == "text"


def _refusal(old: Sensor, new: Sensor) -> HasSamples:
    convertible = _between(old, new) is not None
    return HasSamples(_sentence(old, new), sensor=old.id, field="unit", convertible=convertible)


def _sentence(old: Sensor, new: Sensor) -> str:
    read_as = f"its stored values would be read as {new.unit or 'plain numbers'}"
    label = "If they have been in that unit all along, send history=relabel"
    other = "create a sensor with another tag for new samples, or keep sending in the old unit."
    if _between(old, new) is not None:
        return (
            f"{old.tag} has samples in {old.unit}; {new.unit} is the same quantity, and {read_as}. To have them "
            f"converted, and to send in {new.unit} from now on, use history=convert. {label}; otherwise {other}"
        )
    same = bool(new.unit) and quantity_of(old.unit) == quantity_of(new.unit)
    about = "the same quantity, but does not convert" if same else "another quantity"
    unit = new.unit or "no unit"
    return f"{old.tag} has samples in {old.unit}; {unit} is {about}, and {read_as}. {label}; otherwise {other}"
