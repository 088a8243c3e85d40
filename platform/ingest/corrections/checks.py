"""Validation of a correction before it is queued."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.history import CONVERTIBLE
from catalog.models import Sensor
from catalog.snapshot import Snapshot
from catalog.units import Conversion, canonical, conversion
from ingest.changes import journal_of
from ingest.corrections.models import MAX_TIME_MS, Correction, NewCorrection
from ingest.corrections.plans import Span
from jobs import OPEN
from kernel import ids
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection
from kernel.times import parse_time
from stores.samples import EARLIEST_NS, LATEST_NS
from web.stores import documents

MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """Times in ms."""

    sensors: list[Sensor]
    start: int | None
    end: int | None
    unit: str | None


def parse_correction(catalog: Snapshot, wanted: NewCorrection) -> Parsed:
    """BadRequest names the wrong member."""
    sensors = [_sensor(catalog, name) for name in wanted.sensors]
    start, end = (_moment(name, getattr(wanted, name)) for name in ("start", "end"))
    if len({sensor.id for sensor in sensors}) < len(sensors):
        raise _wrong("sensors", "names a sensor twice.")
    if start is not None and end is not None and start >= end:
        raise _wrong("end", "is not after `start`.")
    if wanted.action == "shift" and not wanted.by_ms:
        what = "is missing" if wanted.by_ms is None else "is 0"
        raise _wrong("by_ms", f"{what}: by how many milliseconds the samples go later (negative: earlier).")
    if wanted.action != "shift" and wanted.by_ms is not None:
        raise _wrong("by_ms", f"belongs to a shift, not to a {wanted.action}.")
    if wanted.action != "convert" and wanted.unit is not None:
        raise _wrong("unit", f"belongs to a convert, not to a {wanted.action}.")
    unit = _unit(sensors, wanted.unit) if wanted.action == "convert" else None
    if wanted.action == "swap":
        _check_swap(sensors, wanted)
    else:
        for name in ("start", "end"):
            if getattr(wanted, name) is None:
                raise _wrong(name, f"is missing: a {wanted.action} has both `start` and `end`.")
    if max(abs((moment or 0) + (wanted.by_ms or 0)) for moment in (start, end)) > MAX_TIME_MS:
        raise _wrong("by_ms", "moves samples out of the years that can be stored (1685 to 2255).")
    return Parsed(sensors, start, end, unit)


def _moment(name: str, value: str | int | None) -> int | None:
    if value is None:
        return None
    moment = parse_time(str(value), name)
    if abs(moment) > MAX_TIME_MS:
        raise _wrong(name, "is not within the years that can be stored (1685 to 2255).")
    return moment


def _check_swap(sensors: list[Sensor], wanted: NewCorrection) -> None:
    if len(sensors) != 2:
        raise _wrong("sensors", f"has {len(sensors)}; two are swapped.")
    if wanted.start is None and wanted.end is None:
        raise _wrong("end", "or `start` is missing: sensors are swapped before `end`, after `start`, or between them.")
    one, other = sensors
    if (one.kind == "text") != (other.kind == "text"):
        raise _wrong("sensors", f"cannot be swapped: {one.tag} is {one.kind} and {other.tag} is {other.kind}.")
    units = [stored_unit(sensor) for sensor in sensors]
    if one.unit != other.unit or units[0] != units[1]:
        raise _wrong(
            "sensors",
            f"cannot be swapped: {one.tag} has the unit “{one.unit}” and {other.tag} “{other.unit}”."
            if one.unit != other.unit
            else f"cannot be swapped: the samples of {one.tag} are kept in “{units[0]}” and those of {other.tag} in "
            f"“{units[1]}”. Change the unit of both to the same one of these with history=convert first.",
        )


def _unit(sensors: list[Sensor], text: str | None) -> str:
    """The unit of a range, which must convert into that of every sensor."""
    if not text:
        raise _wrong("unit", "is missing: the unit in which the values of this range were recorded.")
    try:
        unit = canonical(text)
    except ValueError as error:
        raise _wrong("unit", f"is not valid: {error}") from None
    for sensor in sensors:
        conversion_from(sensor, unit)
    return unit


def conversion_from(sensor: Sensor, unit: str) -> Conversion:
    """From values in this unit to what the sensor's samples are stored as. BadRequest if the units do not convert."""
    stored = stored_unit(sensor)
    found = conversion(unit, stored) if unit and stored else None
    if found is None or sensor.kind not in CONVERTIBLE or (sensor.kind == "counter" and found.offset):
        raise _wrong(
            "unit", f"does not fit {sensor.tag}: {unit or 'no unit'} does not convert into {stored or 'no unit'}."
        )
    return found


def stored_unit(sensor: Sensor) -> str:
    return sensor.stored_as.unit if sensor.stored_as else sensor.unit


def check_undo(tenant: TenantConnection, target: str) -> None:
    """Conflict if it may still write (half of both would stay), or if its journal is gone."""
    require_ended(tenant, target)
    if not journal_of(tenant, target).exists():
        raise Conflict(
            f"{target} cannot be undone: it wrote nothing, is itself an undo that has finished, or ended more than 30 "
            "days ago.",
            slug="not-undoable",
        )


def require_ended(tenant: TenantConnection, target: str) -> None:
    """Conflict while an import or a correction may still write."""
    kind = "import" if ids.is_id(target, ids.IMPORT) else "correction"
    document = documents(tenant).get(f"{kind}s", target)
    if document is not None and document["state"] in OPEN:
        raise Conflict(f"The {kind} {target} is {document['state']}; cancel it, then undo it.", slug="not-ended")


def span_of(correction: Correction) -> Span:
    start = EARLIEST_NS if correction.start is None else correction.start * MS
    end = LATEST_NS if correction.end is None else correction.end * MS
    return Span(start, end)


def _sensor(catalog: Snapshot, name: str) -> Sensor:
    found = catalog.sensors.get(name)
    if found is None and ":" in name:
        site, _, tag = name.partition(":")
        known = catalog.site(site)
        found = catalog.sensor(known.id, tag) if known else None
    if found is None:
        raise _wrong("sensors", f"names {name[:80]!r}, which is not a sensor here; give ids, or tags as `site:tag`.")
    return found


def _wrong(field: str, message: str) -> BadRequest:
    return BadRequest(f"`{field}` {message}", slug="bad-correction", field=field)
