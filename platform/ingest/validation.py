"""Validates points against the catalog: resolves the sensor and checks the value."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor, Site
from catalog.units import StoredUnit
from ingest.points import NotInColumns, PointColumns, PointError, RawPoint, UnknownSensor
from kernel.batch import Batch
from kernel.suggest import closest

MIN_TIME_NS = 315_532_800_000_000_000  # 1980; an older time was sent with the wrong precision
MAX_AHEAD_NS = 86_400_000_000_000  # clocks and time zones are off by less than a day
MAX_TEXT_CHARS = 4_096
MAX_STATES_SHOWN = 30
MAX_NAME_CHARS = 100  # characters of a name in an error


SensorCheck = Callable[[Sensor], None]  # raises PointError for a sensor that the sender may not write


class Catalog(Protocol):
    """What validation needs of a tenant's catalog; a snapshot has it."""

    @property
    def sites(self) -> Mapping[str, Site]: ...

    @property
    def sensors(self) -> Mapping[str, Sensor]: ...

    def site(self, id_or_slug: str) -> Site | None: ...

    def sensor(self, site_id: str, id_or_tag: str) -> Sensor | None: ...


class PointValidator:
    """Validates points one by one and builds a batch of those it accepts."""

    def __init__(self, catalog: Catalog, now_ns: int, check: SensorCheck | None = None) -> None:
        self._catalog, self._now, self._check = catalog, now_ns, check
        self._known: dict[tuple[str, str], tuple[int, Sensor]] = {}
        self._numbers: dict[str, int] = {}
        self._states: dict[str, dict[str, float]] = {}  # by discrete sensor: number by folded name
        self._sensors: list[tuple[str, str]] = []
        self._units: dict[int, StoredUnit] = {}  # of sensors that are stored in another unit than they send
        self._i, self._t, self._v, self._q = array("I"), array("q"), array("d"), array("B")
        self._texts: dict[int, str] = {}

    def add(self, point: RawPoint) -> None:
        """Raises PointError."""
        index, sensor = self._known.get((point.site, point.sensor)) or self._find(point.site, point.sensor)
        t = self._now if point.t is None else point.t
        if not MIN_TIME_NS <= t <= self._now + MAX_AHEAD_NS:
            raise PointError(_wrong_time(t, self._now))
        value = point.value
        if sensor.kind == "text":
            self._texts[len(self._t)] = text_of(sensor, value)
            value = math.nan
        elif sensor.kind == "discrete":
            if sensor.id not in self._states:
                self._states[sensor.id] = states_by_name(sensor)
            value = state_of(sensor, value, self._states[sensor.id])
        elif type(value) is not float or not math.isfinite(value):
            value = number_of(sensor, value)
        self._i.append(index)
        self._t.append(t)
        self._v.append(value)
        self._q.append(point.quality)

    def add_columns(self, columns: PointColumns) -> None:
        """As `add` for each of them, in order. NotInColumns if any of them would be refused, or is a text."""
        known = [self._known.get(names) or self._find_quietly(*names) for names in columns.series]
        if any(sensor.kind == "text" for _, sensor in known) or not np.isfinite(columns.v).all():
            raise NotInColumns
        t = columns.t if columns.t is not None else np.full(len(columns.v), self._now, np.int64)
        if not MIN_TIME_NS <= int(t.min()) <= int(t.max()) <= self._now + MAX_AHEAD_NS:
            raise NotInColumns
        self._check_states(columns, [sensor for _, sensor in known])
        index = np.array([number for number, _ in known], np.uint32)[columns.i]
        for kept, more in ((self._i, index), (self._t, t), (self._v, columns.v), (self._q, columns.q)):
            kept.frombytes(more.tobytes())

    def _check_states(self, columns: PointColumns, sensors: list[Sensor]) -> None:
        """NotInColumns if a discrete sensor has no such state."""
        discrete = np.array([sensor.kind == "discrete" and bool(sensor.states) for sensor in sensors])
        rows = discrete[columns.i]
        for number, value in set(zip(columns.i[rows].tolist(), columns.v[rows].tolist(), strict=True)):
            if _key(value) not in sensors[number].states:
                raise NotInColumns

    def _find_quietly(self, site_name: str, sensor_name: str) -> tuple[int, Sensor]:
        """As `_find`, without a suggestion. NotInColumns if there is no such sensor, or it may not be written."""
        site = self._catalog.site(site_name)
        sensor = self._catalog.sensor(site.id, sensor_name) if site is not None else None
        if site is None or sensor is None:
            raise NotInColumns
        try:
            found = self._known[site_name, sensor_name] = self._number(site.id, sensor)
        except PointError:
            raise NotInColumns from None
        return found

    def alias(self, site: str, name: str, sensor: Sensor) -> None:
        """From now on, that site and name mean this sensor."""
        self._known[site, name] = self._number(sensor.site, sensor)

    def batch(self) -> Batch:
        i, v = np.array(self._i, np.uint32), np.array(self._v, np.float64)
        return Batch(
            self._sensors,
            i,
            np.array(self._t, np.int64),
            self._stored(i, v) if self._units else v,
            np.array(self._q, np.uint8),
            self._texts,
        )

    def _stored(self, i: npt.NDArray[np.uint32], v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Values in stored units, as the catalog says now. Sorted once: there may be as many sensors as points."""
        order = np.argsort(i, kind="stable")
        sorted_i, numbers = i[order], np.fromiter(self._units, np.uint32)
        starts, ends = (np.searchsorted(sorted_i, numbers, side).tolist() for side in ("left", "right"))
        for unit, start, end in zip(self._units.values(), starts, ends, strict=True):
            rows = order[start:end]
            v[rows] = unit.back(v[rows])
        return v

    def _find(self, site_name: str, sensor_name: str) -> tuple[int, Sensor]:
        site, sensor = find(self._catalog, site_name, sensor_name)
        found = self._known[site_name, sensor_name] = self._number(site.id, sensor)
        return found

    def _number(self, site_id: str, sensor: Sensor) -> tuple[int, Sensor]:
        if self._check is not None:
            self._check(sensor)
        index = self._numbers.setdefault(sensor.id, len(self._sensors))
        if index == len(self._sensors):
            self._sensors.append((site_id, sensor.id))
            if sensor.stored_as is not None:
                self._units[index] = sensor.stored_as
        return index, sensor


def find(catalog: Catalog, site_name: str, sensor_name: str) -> tuple[Site, Sensor]:
    """The site (by slug or id) and its sensor (by tag or id). PointError suggests the nearest name."""
    site = catalog.site(site_name)
    if site is None:
        near = _nearest(site_name, (site.slug for site in catalog.sites.values()))
        raise UnknownSensor(f"there is no site {site_name[:MAX_NAME_CHARS]!r}{near}")
    sensor = catalog.sensor(site.id, sensor_name)
    if sensor is None:
        near = _nearest(sensor_name, (sensor.tag for sensor in catalog.sensors.values() if sensor.site == site.id))
        raise UnknownSensor(f"the site {site.slug!r} has no sensor {sensor_name[:MAX_NAME_CHARS]!r}{near}")
    return site, sensor


def number_of(sensor: Sensor, value: float | bool | str) -> float:
    if isinstance(value, (bool, str)):
        raise PointError(f"{sensor.tag} is {sensor.kind} and takes a number, not {_shown(value)}")
    if not math.isfinite(value):
        raise PointError(f"{sensor.tag}: not a number and infinity cannot be stored; leave the sample out")
    return float(value)


def state_of(sensor: Sensor, value: float | bool | str, by_name: Mapping[str, float] | None = None) -> float:
    """The number of a discrete sensor's state, given by number or name. `by_name`: its states by folded name."""
    if isinstance(value, str):
        if by_name is None:
            by_name = states_by_name(sensor)
        if (found := by_name.get(value.strip().casefold())) is not None:
            return found
    elif math.isfinite(value) and (not sensor.states or _key(value) in sensor.states):
        return float(value)
    some = sorted(sensor.states.items())[:MAX_STATES_SHOWN]
    states = ", ".join(f"{number} {name}" for number, name in some) or "any number"
    raise PointError(f"{sensor.tag} has no state {_shown(value)}; its states are {states}")


def states_by_name(sensor: Sensor) -> dict[str, float]:
    """If two states have one name, the first wins."""
    return {name.casefold(): float(number) for number, name in reversed(sensor.states.items())}


def text_of(sensor: Sensor, value: float | bool | str) -> str:
    if not isinstance(value, str):
        raise PointError(f'{sensor.tag} takes a text in double quotes (text="…"), not {_shown(value)}')
    if len(value) > MAX_TEXT_CHARS:
        raise PointError(f"{sensor.tag}: a text of {len(value)} characters; at most {MAX_TEXT_CHARS} are accepted")
    return value


def _key(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _shown(value: float | bool | str) -> str:
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return str(value).lower() if isinstance(value, bool) else f"{value:.12g}"


def _wrong_time(t: int, now: int) -> str:
    day = np.datetime64(t, "ns").astype("datetime64[s]") if -(2**63) < t < 2**63 else None
    shown = f"{day}Z" if day is not None else "outside the years that InfluxDB can store"
    hint = "check ?precision= (nanoseconds if it is not given)"
    if now + MAX_AHEAD_NS < t:
        return f"the timestamp is {shown}, more than a day ahead; {hint}"
    return f"the timestamp is {shown}, before 1980; {hint}"


def _nearest(name: str, names: Iterable[str]) -> str:
    """` (nearest: 'TT-101')`, or nothing if no name is close."""
    found = closest(name, names, 1)
    return f" (nearest: {found[0]!r})" if found else ""
