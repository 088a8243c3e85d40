"""Reads the series of a catalog: samples and rows of their sensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from catalog.models import Sensor
from historian.read.sources import Sources
from historian.rungs.sensors import is_text
from ingest.sources.influxdb.query.columns import EMPTY, Column, missing
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.extremes import Extreme, extreme_of, times_of
from ingest.sources.influxdb.query.frames import Group, Table, Wanted, fulfilled, joined_tables
from ingest.sources.influxdb.query.ladder import (
    COLUMNS,
    FUNCTIONS,
    TEXT_COLUMNS,
    RowReader,
    data_extent,
    merge_rows,
)
from ingest.sources.influxdb.query.samples import SampleBudget, SampleReader
from ingest.sources.influxdb.query.schema import STRING
from ingest.sources.influxdb.query.windows import Windows, grain_of
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS
from stores.samples import Raw

MAX_SENSORS = 2_000  # read by one statement


class HistorianReader:
    """Of one request."""

    def __init__(self, tenant: TenantConnection, sources: Sources, budget: SampleBudget | None = None) -> None:
        self._tenant, self._sources = tenant, sources
        budget = budget or SampleBudget()
        self._samples, self._rows = SampleReader(sources, budget), RowReader(tenant, sources, budget)

    def tables(
        self, groups: Sequence[Group], fields: Mapping[str, str], bounds: Bounds, limit: int | None, newest: bool
    ) -> list[Table]:
        sensors = sensors_of(groups, fields)
        found = self._samples.read(sensors, bounds, None if _has_conditions(groups) else limit, newest)
        return [self._table(group, fields, found) for group in groups]

    def _table(self, group: Group, fields: Mapping[str, str], found: Mapping[str, Raw]) -> Table:
        tables = []
        for place, member in enumerate(group.members):
            given = {
                name: found[sensor.id]
                for name, sensor in member.series.fields.items()
                if name in fields and sensor.id in found
            }
            tables.append(fulfilled(group, place, _points(given, fields, place), fields))
        return joined_tables(tables, fields)

    # -- aggregates from rows

    def aggregates(
        self, groups: Sequence[Group], wanted: Sequence[Wanted], bounds: Bounds, windows: Windows | None
    ) -> list[Mapping[Wanted, Column]] | None:
        if _has_conditions(groups):
            return None
        columns = self._columns(groups, wanted)
        if columns is None:
            return None
        sensors = sensors_of(groups, {name: "" for _, name in wanted})
        if windows is not None and bounds.start is None and sensors:
            known = data_extent(self._tenant, self._sources, sensors).within(bounds)
            if known.first >= known.stop:
                return [dict.fromkeys(wanted, EMPTY) for _ in groups]
            bounds = Bounds(windows.window(known.first)[0], bounds.end)
        if windows is None:
            cuts, grain = np.array([bounds.first, bounds.stop], np.int64), None
        else:
            cuts = windows.bounds(bounds.first, bounds.stop)
            grain = windows.grain_ms if windows.zone is None else grain_of(cuts)
            if grain is None:
                return None
        rows = self._rows.read(columns, sensors, bounds, grain)
        return [self._reduced(group, wanted, rows, cuts, windows, bounds) for group in groups]

    def _columns(self, groups: Sequence[Group], wanted: Sequence[Wanted]) -> dict[str, tuple[str, ...]] | None:
        """The columns of rows that are needed of each sensor; None if samples are."""
        columns: dict[str, tuple[str, ...]] = {}
        for function, name in wanted:
            if function not in FUNCTIONS:
                return None
            for sensor in sensors_of(groups, {name: ""}):
                known = TEXT_COLUMNS if is_text(sensor) else COLUMNS
                if function not in known:
                    return None
                columns[sensor.id] = (*columns.get(sensor.id, ()), *known[function])
        return columns

    def _reduced(
        self,
        group: Group,
        wanted: Sequence[Wanted],
        rows: Mapping[str, object],
        cuts: np.ndarray,
        windows: Windows | None,
        bounds: Bounds,
    ) -> Mapping[Wanted, Column]:
        cuts_ms = np.array([-(2**62), 2**62]) if windows is None else cuts // NS_PER_MS
        starts = cuts[:-1] if windows is not None or bounds.start is not None else np.zeros(1, np.int64)
        found: dict[Wanted, Column] = {}
        for function, name in wanted:
            sensors = sensors_of([group], {name: ""})
            given = [rows[sensor.id] for sensor in sensors if sensor.id in rows]
            text = any(map(is_text, sensors))
            places, values = merge_rows(given, cuts_ms, function, text)  # type: ignore[arg-type]
            found[function, name] = Column(starts[places], values, function == "count")
        return found

    # -- one sample

    def selected(self, groups: Sequence[Group], wanted: Wanted, bounds: Bounds) -> list[Column] | None:
        function, name = wanted
        if function == "percentile" or _has_conditions(groups):
            return None
        if function in ("first", "last"):
            found = self._samples.read(sensors_of(groups, {name: ""}), bounds, 1, function == "last")
            return [_one(group, name, found, function == "last") for group in groups]
        return self._extremes(groups, wanted, bounds)

    def _extremes(self, groups: Sequence[Group], wanted: Wanted, bounds: Bounds) -> list[Column] | None:
        """The first sample of the least or greatest value: the rows say in which bucket it is."""
        sensors = sensors_of(groups, {wanted[1]: ""})
        if any(map(is_text, sensors)):
            return None
        function, columns = wanted[0], ("min", "tmin") if wanted[0] == "min" else ("max", "tmax")
        rows = self._rows.read({sensor.id: columns for sensor in sensors}, sensors, bounds, None)
        extremes = {sensor.id: extreme_of(sensor, rows[sensor.id], function) for sensor in sensors}
        first = min if function == "min" else max
        found: list[list[Extreme]] = []
        for group in groups:
            given = [each for sensor in sensors_of([group], {wanted[1]: ""}) if (each := extremes[sensor.id])]
            best = first((each.value for each in given), default=0.0)
            found.append([each for each in given if each.value == best])
        needed = {each.sensor.id: each for some in found for each in some}
        times = times_of(list(needed.values()), self._rows, self._samples, bounds)
        return [
            Column(np.array([min(times[each.sensor.id] for each in some)], np.int64), np.array([some[0].value]))
            if some
            else EMPTY
            for some in found
        ]


def _has_conditions(groups: Sequence[Group]) -> bool:
    return any(member.condition is not None for group in groups for member in group.members)


def sensors_of(groups: Sequence[Group], fields: Mapping[str, str]) -> list[Sensor]:
    """The sensors of these fields, each once. Raises StatementError if they are too many."""
    found = {
        sensor.id: sensor
        for group in groups
        for member in group.members
        for name, sensor in member.series.fields.items()
        if name in fields
    }
    if len(found) > MAX_SENSORS:
        raise StatementError(
            f"the statement reads {len(found):,} series; at most {MAX_SENSORS:,} are read. Name some by WHERE, such as "
            '"sensor" =~ /^TT-/, or use SLIMIT.'
        )
    return list(found.values())


def _points(given: Mapping[str, Raw], fields: Mapping[str, str], place: int) -> Table:
    """The fields of one series, point by point."""
    if len(given) == 1:
        [(name, raw)] = given.items()
        values = {each: raw.v if each == name else missing(len(raw), kind == STRING) for each, kind in fields.items()}
        return Table(raw.t, values, np.full(len(raw), place))
    t = reduce(np.union1d, (raw.t for raw in given.values()), np.zeros(0, np.int64))
    values = {name: missing(len(t), kind == STRING) for name, kind in fields.items()}
    for name, raw in given.items():
        values[name][np.searchsorted(t, raw.t)] = raw.v
    return Table(t, values, np.full(len(t), place))


def _one(group: Group, name: str, found: Mapping[str, Raw], last: bool) -> Column:
    given = [found[sensor.id] for sensor in sensors_of([group], {name: ""}) if sensor.id in found]
    samples = [(int(raw.t[0]), raw.v[0]) for raw in given if len(raw)]
    if not samples:
        return EMPTY
    edge = (max if last else min)(t for t, _ in samples)
    value = max(value for t, value in samples if t == edge)
    return Column(np.array([edge], np.int64), np.array([value], object if isinstance(value, str) else np.float64))
