"""The result of a subquery as a measurement, held in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from ingest.sources.influxdb.query.columns import Column, Values, missing
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.frames import Data, Frame, Group, Table, Wanted, fulfilled, joined_tables
from ingest.sources.influxdb.query.schema import FLOAT, STRING, Series
from ingest.sources.influxdb.query.windows import Windows


def data_of(frames: Sequence[Frame]) -> list[Data]:
    """One measurement for each name."""
    by_name: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        by_name[frame.name].append(frame)
    return [_data(name, found) for name, found in by_name.items()]


def _data(name: str, frames: Sequence[Frame]) -> Data:
    fields: dict[str, str] = {}
    series, reader = [], FramesReader()
    for frame in frames:
        tags = {key: value for key, value in (frame.tags or {}).items() if value}
        for column, values in zip(frame.columns, frame.values, strict=True):
            if fields.get(column) != FLOAT:
                fields[column] = STRING if values.v.dtype == object else FLOAT
        each = Series(tags, {})
        series.append(each)
        reader.add(each, frame)
    return Data(name, series, fields, sorted({key for each in series for key in each.tags}), reader)


class FramesReader:
    """Reads the frames of a subquery."""

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}  # by identity of the series

    def add(self, series: Series, frame: Frame) -> None:
        self._frames[id(series)] = frame

    def tables(
        self, groups: Sequence[Group], fields: Mapping[str, str], bounds: Bounds, limit: int | None, newest: bool
    ) -> list[Table]:
        return [self._table(group, fields) for group in groups]

    def _table(self, group: Group, fields: Mapping[str, str]) -> Table:
        tables = []
        for place, member in enumerate(group.members):
            frame = self._frames[id(member.series)]
            given = dict(zip(frame.columns, frame.values, strict=True))
            values = {name: _values(given.get(name), len(frame.t), kind == STRING) for name, kind in fields.items()}
            table = Table(frame.t, values, np.full(len(frame.t), place))
            table = table.take(np.argsort(frame.t, kind="stable"))  # of the range: the subquery took over its bounds
            tables.append(fulfilled(group, place, table, fields))
        return joined_tables(tables, fields)

    def aggregates(
        self, groups: Sequence[Group], wanted: Sequence[Wanted], bounds: Bounds, windows: Windows | None
    ) -> list[Mapping[Wanted, Column]] | None:
        return None

    def selected(self, groups: Sequence[Group], wanted: Wanted, bounds: Bounds) -> list[Column] | None:
        return None


def _values(column: Column | None, count: int, text: bool) -> Values:
    """Of a field; missing where another subquery gives it another type."""
    return column.v if column is not None and (column.v.dtype == object) is text else missing(count, text)
