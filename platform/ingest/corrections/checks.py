"""What a correction must be before it is queued."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from ingest.changes import journal_of
from ingest.corrections.models import MAX_TIME_MS, Correction, NewCorrection
from ingest.corrections.plans import Span
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection
from kernel.times import parse_time
from stores.timeseries.statements import EARLIEST_NS, LATEST_NS

MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """Times in ms."""

    sensors: list[Sensor]
    start: int | None
    end: int | None


def parse_correction(catalog: Snapshot, wanted: NewCorrection) -> Parsed:
    """BadRequest names the member that is wrong."""
    sensors = [_sensor(catalog, name) for name in wanted.sensors]
    start, end = (_moment(name, getattr(wanted, name)) for name in ("start", "end"))
    if len({sensor.id for sensor in sensors}) < len(sensors):
        raise _wrong("sensors", "names a sensor twice.")
    if start is not None and end is not None and start >= end:
        raise _wrong("end", "is not after `start`.")
    if wanted.action == "shift" and not wanted.by_ms:
        raise _wrong("by_ms", "is missing: by how many milliseconds the samples go later (negative: earlier).")
    if wanted.action != "shift" and wanted.by_ms is not None:
        raise _wrong("by_ms", f"belongs to a shift, not to a {wanted.action}.")
    if wanted.action == "swap":
        _check_swap(sensors, wanted)
    else:
        for name in ("start", "end"):
            if getattr(wanted, name) is None:
                raise _wrong(name, f"is missing: a {wanted.action} has both `start` and `end`.")
    if max(abs((moment or 0) + (wanted.by_ms or 0)) for moment in (start, end)) > MAX_TIME_MS:
        raise _wrong("by_ms", "moves samples out of the years that can be stored (1685 to 2255).")
    return Parsed(sensors, start, end)


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
    if one.unit != other.unit:
        raise _wrong(
            "sensors", f"cannot be swapped: {one.tag} has the unit “{one.unit}” and {other.tag} “{other.unit}”."
        )


def check_undo(tenant: TenantConnection, target: str) -> None:
    if not journal_of(tenant, target).exists():
        raise Conflict(
            f"There is nothing of {target} to undo: it wrote nothing, or it is more than 30 days ago.",
            slug="not-undoable",
        )


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
        raise _wrong("sensors", f"names {name[:80]!r}, which is no sensor here; give ids, or tags as `site:tag`.")
    return found


def _wrong(field: str, sentence: str) -> BadRequest:
    return BadRequest(f"`{field}` {sentence}", slug="bad-correction", field=field)
