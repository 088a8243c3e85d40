"""Computes a SELECT: groups the series, reads what is needed, reduces, fills, joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from ingest.sources.influxdb.query.aggregation import Aggregation
from ingest.sources.influxdb.query.budget import Budget
from ingest.sources.influxdb.query.columns import Column, Values, compute, is_missing, missing
from ingest.sources.influxdb.query.compile import Compiled, Grouping, compile_select, grouping_of
from ingest.sources.influxdb.query.conditions import Bounds, resolve, split_time
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.frames import Data, Frame, Group, Member, Table, looking_at, names_in_conditions
from ingest.sources.influxdb.query.subquery import data_of
from ingest.sources.influxdb.query.syntax import Call, Condition, Fill, Interval, Measurement, Reference, Select
from ingest.sources.influxdb.query.windows import Windows, zone_of

MAX_SERIES = 10_000  # of one statement's result
MAX_MEASUREMENTS = 1_000
Find = Callable[[Measurement], Sequence[Data]]


@dataclass(frozen=True, slots=True)
class Outer:
    """What a subquery takes over from the statement around it."""

    bounds: Bounds
    tags: tuple[str, ...]
    descending: bool
    width: int  # of its windows; 0: it has none


class Selection:
    """One request's SELECTs at one moment. `find`: the data of a measurement."""

    def __init__(self, find: Find, now_ns: int, budget: Budget) -> None:
        self._find, self._now_ns, self._budget = find, now_ns, budget

    def run(self, select: Select) -> list[Frame]:
        return self._run(select, None)

    def _run(self, select: Select, outer: Outer | None) -> list[Frame]:
        zone = zone_of(select.zone)
        bounds, condition = split_time(select.condition, self._now_ns, zone or UTC)
        if outer is not None:
            bounds = bounds.within(outer.bounds)
        descending = select.descending if outer is None else outer.descending
        inherited = outer.tags if outer is not None else ()
        frames: list[Frame] = []
        for data in self._data(select, bounds, inherited, descending):
            frames += _Statement(
                select, data, bounds, condition, inherited, descending, self._now_ns, self._budget, outer
            ).frames()
            if len(frames) > MAX_SERIES:
                raise StatementError(f"the result has more than {MAX_SERIES:,} series; name some by WHERE or SLIMIT")
        frames.sort(key=lambda each: (each.name, tuple((each.tags or {}).values())), reverse=descending)
        return frames

    def _data(self, select: Select, bounds: Bounds, inherited: tuple[str, ...], descending: bool) -> Sequence[Data]:
        """Subqueries of one measurement count together, a measurement named twice once."""
        stored: dict[str, Data] = {}
        frames: list[Frame] = []
        for source in select.sources:
            if isinstance(source, Measurement):
                stored |= {data.name: data for data in self._find(source)}
                continue
            named = (dimension.name for dimension in select.dimensions if isinstance(dimension, Reference))
            outer = Outer(bounds, tuple(dict.fromkeys([*inherited, *named])), descending, _width(select))
            frames += self._run(_without_nulls(source), outer)
        found = [*stored.values(), *data_of(frames)]
        if len(found) > MAX_MEASUREMENTS:
            raise StatementError(f"{len(found):,} measurements are selected from; at most {MAX_MEASUREMENTS:,} are")
        if both := next((frame.name for frame in frames if frame.name in stored), None):
            raise StatementError(
                f'"{both[:60]}" is selected from beside a subquery of it; write it as a subquery, too: FROM (SELECT … '
                f'FROM "{both[:60]}"), (SELECT …)'
            )
        return found


def _without_nulls(select: Select) -> Select:
    """A subquery gives no empty windows unless it says what fills them."""
    if select.fill.option != "null":
        return select
    return Select(
        select.fields, select.sources, select.condition, select.dimensions, Fill("none"), select.descending,
        select.limits, select.zone,
    )  # fmt: skip


class _Statement:
    """A SELECT from one measurement."""

    def __init__(
        self,
        select: Select,
        data: Data,
        bounds: Bounds,
        condition: Condition | None,
        inherited: tuple[str, ...],
        descending: bool,
        now_ns: int,
        budget: Budget,
        outer: Outer | None,
    ) -> None:
        self._select, self._data, self._descending = select, data, descending
        self._grouping = grouping_of(select, data.tag_keys, inherited)
        self._windows = _windows(self._grouping, select.zone, now_ns)
        if self._windows is not None and bounds.end is None:
            bounds = Bounds(bounds.start, now_ns + 1)
        self._bounds, self._condition = bounds, condition
        self._outer_width = outer.width if outer is not None else 0
        self._budget, self._take = budget, budget.take_points if outer is None else budget.take_computed
        limits = select.limits
        self._shown = slice(limits.offset, limits.offset + limits.limit if limits.limit else None)

    def frames(self) -> list[Frame]:
        data = self._data
        compiled = compile_select(self._select, data.fields, data.tag_keys, self._grouping)
        if compiled is None or self._bounds.first >= self._bounds.stop:
            return []
        groups = self._groups()
        if not groups:
            return []
        found = self._aggregated(compiled, groups) if compiled.calls else self._plain(compiled, groups)
        return [frame for frame in found if len(frame.t)]

    def _groups(self) -> list[Group]:
        tags, members = self._grouping.tags, defaultdict[tuple[str, ...], list[Member]](list)
        for series in self._data.series:
            rest = resolve(self._condition, series, self._data.fields)
            if rest is not False:
                key = tuple(series.tags.get(tag, "") for tag in tags)
                members[key].append(Member(series, None if rest is True else rest))
        limits = self._select.limits
        keys = sorted(members, key=lambda key: _order_of(tags, key))[limits.series_offset :]
        keys = keys[: limits.series_limit] if limits.series_limit else keys
        return [Group(dict(zip(tags, key, strict=True)), members[key]) for key in keys]

    # -- fields

    def _plain(self, compiled: Compiled, groups: Sequence[Group]) -> list[Frame]:
        limits = self._select.limits
        limit = limits.limit + limits.offset if limits.limit else None
        names = {each.name for each in compiled.references} | names_in_conditions(groups)
        fields = {name: kind for name, kind in self._data.fields.items() if name in names}
        limit = limit if len(fields) == 1 else None
        tables = self._data.reader.tables(groups, fields, self._bounds, limit, self._descending)
        selected = [each.name for each in compiled.references if each.name in fields and each.cast != "tag"]
        return [
            self._plain_frame(compiled, group, table, selected) for group, table in zip(groups, tables, strict=True)
        ]

    def _plain_frame(self, compiled: Compiled, group: Group, table: Table, selected: Sequence[str]) -> Frame:
        empty = [is_missing(table.fields[name]) for name in selected]
        table = table.take(~np.logical_and.reduce(empty))
        table = _ordered(compiled, group, table, self._data.fields)
        if self._descending:
            table = table.take(slice(None, None, -1))
        table = table.take(self._shown)
        self._take(len(table) * len(compiled.outputs))
        look = looking_at(group, table, self._data.fields)
        values = [Column(table.t, compute(output.expression, look, len(table))) for output in compiled.outputs]
        return self._frame(compiled, group, table.t, values)

    # -- aggregates

    def _aggregated(self, compiled: Compiled, groups: Sequence[Group]) -> list[Frame]:
        aggregation = Aggregation(
            self._data, groups, self._bounds, self._windows, self._select.fill, self._descending, self._budget,
            self._outer_width,
        )  # fmt: skip
        columns = aggregation.columns(compiled)
        return [self._aggregated_frame(compiled, group, found) for group, found in zip(groups, columns, strict=True)]

    def _aggregated_frame(self, compiled: Compiled, group: Group, columns: Mapping[Call | Reference, Column]) -> Frame:
        given = [columns[call] for call in compiled.calls]
        t = given[0].t
        if any(len(each.t) != len(t) or (each.t != t).any() for each in given[1:]):
            t = np.unique(np.concatenate([each.t for each in given]))
            t = t[::-1] if self._descending else t
        shown = t[self._shown]
        self._take(len(shown) * len(compiled.outputs))

        def look(leaf: Reference | Call) -> Values | None:
            if leaf not in columns:
                return None
            values = _aligned(columns[leaf], t)
            return values if len(shown) == len(t) else values[self._shown].copy()

        values = [
            Column(shown, compute(output.expression, look, len(shown)), _is_whole(output.expression, columns))
            for output in compiled.outputs
        ]
        return self._frame(compiled, group, shown, values)

    def _frame(self, compiled: Compiled, group: Group, t: Values, values: Sequence[Column]) -> Frame:
        names = [output.name for output in compiled.outputs]
        return Frame(self._data.name, group.tags or None, names, t, values)


def _width(select: Select) -> int:
    return next((each.width for each in select.dimensions if isinstance(each, Interval)), 0)


def _order_of(tags: Sequence[str], values: Sequence[str]) -> tuple[str, str]:
    """In which SLIMIT counts series: by the names of the tags that they have, then by their values."""
    present = [(tag, value) for tag, value in zip(tags, values, strict=True) if value]
    return "|".join(tag for tag, _ in present), "|".join(value for _, value in present)


def _windows(grouping: Grouping, zone: str, now_ns: int) -> Windows | None:
    interval = grouping.interval
    if interval is None:
        return None
    offset = now_ns if interval.offset is None else interval.offset
    return Windows(interval.width, offset % interval.width, zone_of(zone))


def _ordered(compiled: Compiled, group: Group, table: Table, fields: Mapping[str, str]) -> Table:
    """Points of one time in the order of the tags and texts that are selected, by name: as in InfluxDB."""
    if len(group.members) == 1 or not (np.diff(table.t) == 0).any():
        return table
    look = looking_at(group, table, fields)
    found = [look(reference) for reference in sorted(compiled.references, key=lambda each: each.name)]
    texts = [values for values in found if values is not None and values.dtype == object]
    keys = [[value or "" for value in values.tolist()] for values in texts]
    return table.take(np.lexsort([*(np.unique(key, return_inverse=True)[1] for key in reversed(keys)), table.t]))


def _aligned(column: Column, t: Values) -> Values:
    if len(column.t) == len(t):
        return column.v
    values = missing(len(t), column.v.dtype == object)
    order = np.argsort(t, kind="stable")
    values[order[np.searchsorted(t, column.t, sorter=order)]] = column.v
    return values


def _is_whole(expression: object, columns: Mapping[Call | Reference, Column]) -> bool:
    return isinstance(expression, Call) and expression in columns and columns[expression].whole
