"""Queries on schematics: versions, frames, playback."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_and_answers, snapshot_of
from historian import queries as historian
from historian.asof.present import present_question
from historian.asof.query import as_of_now
from historian.asof.values import AsOf
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange, iso
from stores.redis.questions import Question
from twin import repository
from twin.binary import encode
from twin.models import Drawing, Schematic, SchematicVersion, VersionInfo
from twin.names import site_of
from twin.overlays import SensorAlarmRun, SensorAlarms, overlays
from twin.own_symbols import operations as own_symbols
from twin.stored import Stored, StoredVersion
from twin.versions import in_force, sensors_of, valid_at, within
from web.stores import documents

GONE = "no such sensor any more"


class Frame(msgspec.Struct, frozen=True):
    """Every bound value of a schematic at one moment. `alarms`, `predictions`: only if a provider is connected."""

    at: int
    live: bool
    schematic: str
    revision: int
    version: VersionInfo
    values: list[AsOf]
    drawing: Drawing | UnsetType = UNSET
    alarms: Annotated[
        dict[str, SensorAlarms] | UnsetType, Meta(description="By sensor, of those that have an active alarm")
    ] = UNSET
    predictions: dict[str, Any] | UnsetType = UNSET


class SchematicPlayback(msgspec.Struct, frozen=True):
    """Frames as columns: for each sensor bound in the range, its value at each `t`.

    `stale` and `bad` are runs of frames (half-open) whose value is too old, or of bad quality. `version` was valid at
    the start of the range; `versions` became valid within it. `rung`: the coarsest rung that was read; `complete` is
    false while late samples are still being processed.
    """

    start: int
    end: int
    t: list[int]
    columns: Annotated[
        dict[str, list[float | str | None]], Meta(description="Null before the first sample and after now")
    ]
    rung: str
    complete: bool
    stale: dict[str, list[tuple[int, int]]]
    bad: dict[str, list[tuple[int, int]]]
    changed: Annotated[
        dict[str, list[tuple[int, int]]],
        Meta(description="Runs of frames since whose last moment a state came and went that no frame shows"),
    ]
    version: VersionInfo | None
    versions: list[VersionInfo]
    alarms: Annotated[
        dict[str, list[SensorAlarmRun]] | UnsetType,
        Meta(description="Runs of frames at which a sensor had active alarms; absent if there are too many"),
    ] = UNSET


def find(tenant: TenantConnection, site: str | None) -> list[Schematic]:
    """The schematics of a site (id or slug), or of all sites. Raises NotFound (no such site)."""
    snapshot = snapshot_of(tenant)
    wanted = site_of(snapshot, site) if site else None
    return [stored.public() for stored in repository.find(tenant, wanted) if stored.site in snapshot.sites]


def read(tenant: TenantConnection, id: str, at: int) -> SchematicVersion:
    """The version valid at `at`. Raises NotFound: no such schematic, or no version was valid yet."""
    stored = repository.get(tenant, id)
    return _read(tenant, stored, _version_at(stored, at))


def read_version(tenant: TenantConnection, id: str, number: int) -> SchematicVersion:
    """The version of that number. Raises NotFound: no such schematic, or version."""
    stored = repository.get(tenant, id)
    if (version := stored.find(number)) is None:
        raise NotFound(f"“{stored.name}” has no version {number}.", slug="no-such-version")
    return _read(tenant, stored, version)


def _read(tenant: TenantConnection, stored: Stored, version: StoredVersion) -> SchematicVersion:
    s, drawing = stored.public(), repository.get_drawing(tenant, version)
    own = own_symbols.used_in(tenant, drawing)
    return SchematicVersion(s.id, s.site, s.name, s.revision, s.versions, version.info(), drawing, own)


def frame(tenant: TenantConnection, id: str, at: int, now: int, *, live: bool, drawing: bool = True) -> Frame:
    """Everything the schematic shows at `at`; `drawing=False` omits the drawing, for clients that have it."""
    shown = (_shown_now(tenant, id, at) if at >= now else None) or _shown(tenant, id, at, now)
    stored, version, drawn, sensors, values = shown
    over = overlays()
    return Frame(
        at=at,
        live=live,
        schematic=id,
        revision=stored.revision,
        version=version.info(),
        values=values,
        drawing=drawn if drawing else UNSET,
        alarms=over.alarms.states(tenant, sensors, at, now) if over.alarms else UNSET,
        predictions=over.predictions.values(tenant, sensors, at) if over.predictions else UNSET,
    )


def playback(tenant: TenantConnection, id: str, range: TimeRange, frames: int, now: int) -> SchematicPlayback:
    """Playback of `frames` moments of the range, for every sensor bound in any version valid in it."""
    run, about = _played(tenant, id, range, frames, now)
    columns = {sensor: column.tolist() for sensor, column in run.columns.items()}
    return msgspec.structs.replace(about, t=run.t.tolist(), columns=columns)


def playback_binary(tenant: TenantConnection, id: str, range: TimeRange, frames: int, now: int) -> bytes:
    """The same, encoded by `twin.binary`."""
    run, about = _played(tenant, id, range, frames, now)
    return encode(about, run.t, run.columns)


def _played(
    tenant: TenantConnection, id: str, range: TimeRange, frames: int, now: int
) -> tuple[historian.Playback, SchematicPlayback]:
    """The run, and what is to be said of it: an answer without moments and columns yet."""
    stored = repository.get(tenant, id)
    drawings = [
        repository.get_drawing(tenant, _of(stored, info)) for info in in_force(stored.versions, range.start, range.end)
    ]
    wanted = dict.fromkeys(sensor for drawn in drawings for sensor in sensors_of(drawn))
    known = snapshot_of(tenant).sensors
    run = historian.playback(tenant, [known[sensor] for sensor in wanted if sensor in known], range, frames, now_ms=now)
    before, over = valid_at(stored.versions, range.start), overlays()
    alarms = over.alarms.runs(tenant, list(run.columns), run.t.tolist(), now) if over.alarms else None
    about = SchematicPlayback(
        start=range.start,
        end=range.end,
        t=[],
        columns={},
        rung=run.rung,
        complete=run.complete,
        stale=run.stale,
        bad=run.bad,
        changed=run.changed,
        version=_of(stored, before).info() if before else None,
        versions=[_of(stored, version).info() for version in within(stored.versions, range.start, range.end)],
        alarms=UNSET if alarms is None else alarms,
    )
    return run, about


class _Shown(NamedTuple):
    stored: Stored
    version: StoredVersion
    drawn: Drawing
    sensors: list[str]
    values: list[AsOf]


def _shown(tenant: TenantConnection, id: str, at: int, now: int) -> _Shown:
    stored = repository.get(tenant, id)
    version = _version_at(stored, at)
    drawn = repository.get_drawing(tenant, version)
    sensors, known = sensors_of(drawn), snapshot_of(tenant).sensors
    found = historian.as_of(tenant, [known[sensor] for sensor in sensors if sensor in known], at, now)
    return _Shown(stored, version, drawn, sensors, _in_order(sensors, found))


def _shown_now(tenant: TenantConnection, id: str, at: int) -> _Shown | None:
    """The same as of the present in one round trip to Redis; None unless this process knows the schematic as it is."""
    kept, log = repository.known(tenant, id), repository.log_of(documents(tenant))
    valid = valid_at(kept.stored.versions, at) if kept is not None else None
    if kept is None or valid is None:
        return None
    version = _of(kept.stored, valid)
    drawn = repository.get_drawing(tenant, version)
    sensors, bound = sensors_of(drawn), list[Sensor]()

    def ask_for(snapshot: Snapshot) -> list[Question]:
        known = snapshot.sensors
        bound[:] = [known[sensor] for sensor in sensors if sensor in known]
        return [log.question, *present_question(tenant, bound)]

    _, (replies, *packed) = snapshot_and_answers(tenant, ask_for)
    if not kept.is_current(log.answer(replies)):
        return None
    found = as_of_now(tenant, bound, packed[0][0], at) if bound else []
    return _Shown(kept.stored, version, drawn, sensors, _in_order(sensors, found))


def _in_order(sensors: list[str], found: list[AsOf]) -> list[AsOf]:
    values = {value.sensor: value for value in found}
    return [values.get(sensor) or AsOf(sensor, reason=GONE) for sensor in sensors]


def _version_at(stored: Stored, at: int) -> StoredVersion:
    version = valid_at(stored.versions, at)
    if version is None:
        first = min(version.valid_from for version in stored.versions)
        raise NotFound(
            f"“{stored.name}” had no drawing yet at {iso(at)}; its first one is valid from {iso(first)}.",
            slug="no-drawing-yet",
            first=first,
        )
    return _of(stored, version)


def _of(stored: Stored, info: VersionInfo) -> StoredVersion:
    return next(version for version in stored.versions if version.version == info.version)
