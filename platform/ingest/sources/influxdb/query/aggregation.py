"""The columns of a SELECT with functions: aggregates of windows, filled, and functions of consecutive ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from ingest.sources.influxdb.query.budget import Budget
from ingest.sources.influxdb.query.columns import EMPTY, Column, Times
from ingest.sources.influxdb.query.compile import Compiled
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.frames import Data, Group, Table, looking_at, names_in_conditions
from ingest.sources.influxdb.query.reductions import count_distinct, reduce, slices_of
from ingest.sources.influxdb.query.syntax import Call, Constant, Duration, Fill, Reference
from ingest.sources.influxdb.query.transforms import LOOKS_BACK, TRANSFORMS, fill_windows, transform
from ingest.sources.influxdb.query.windows import NS_PER_S, Windows, too_many_windows

MAX_FILLED = 500_000  # windows of all series and functions of a statement
Found = dict[Call | Reference, Column]


class Aggregation:
    """Of the groups of one measurement. Columns are in the order of the statement.

    `outer_width`: of the windows of the statement around a subquery, which counts where it has none itself.
    """

    def __init__(
        self,
        data: Data,
        groups: Sequence[Group],
        bounds: Bounds,
        windows: Windows | None,
        fill: Fill,
        descending: bool,
        budget: Budget,
        outer_width: int = 0,
    ) -> None:
        self._data, self._groups, self._bounds, self._windows = data, groups, bounds, windows
        self._fill, self._descending, self._budget = fill, descending, budget
        self._filled = 0
        self._width = windows.width if windows is not None else outer_width
        self._cuts: tuple[tuple[int, int], Times] | None = None

    def columns(self, compiled: Compiled) -> list[Found]:
        """By call and by field beside it, for each group."""
        if compiled.selector and (self._windows is None or compiled.references):
            return self._selected(compiled)
        found: list[Found] = [{} for _ in self._groups]
        by_extension: dict[int, list[Call]] = defaultdict(list)
        for call in compiled.calls:
            by_extension[self._extension(call)].append(call)
        for extension, calls in by_extension.items():
            bounds = self._extended(extension)
            for group, bases in zip(found, self._bases(calls, bounds), strict=True):
                group |= {call: self._finished(call, bases[base_of(call)], bounds) for call in calls}
        return found

    # -- ranges

    def _extension(self, call: Call) -> int:
        """How many windows before the range are read for a function of consecutive values: as in InfluxDB."""
        return 1 if self._width and call.name in LOOKS_BACK else 0

    def _extended(self, extension: int) -> Bounds:
        if not extension:
            return self._bounds
        more = extension * self._width
        if self._descending:
            return Bounds(self._bounds.start, self._bounds.stop + more)
        return Bounds(None if self._bounds.start is None else self._bounds.first - more, self._bounds.end)

    def _starts(self, t: Times, bounds: Bounds) -> Times:
        """The bounds of the windows of a group whose points are at `t`."""
        if self._windows is None:
            return np.array([t[0], t[-1] + 1], np.int64)
        span = int(t[0]) if bounds.start is None else bounds.first, bounds.stop
        if self._cuts is None or self._cuts[0] != span:
            self._cuts = span, self._windows.bounds(*span)
        return self._cuts[1]

    # -- reading and reducing

    def _bases(self, calls: Sequence[Call], bounds: Bounds) -> list[Mapping[Call | Reference, Column]]:
        """The aggregates, or fields, that the calls are made of; ascending, without empty windows."""
        bases = list(dict.fromkeys(map(base_of, calls)))
        simple = [base for base in bases if isinstance(base, Call) and len(base.arguments) == 1]
        wanted = [(base.name, base.arguments[0].name) for base in simple if isinstance(base.arguments[0], Reference)]
        if len(wanted) == len(bases):
            read = self._data.reader.aggregates(self._groups, wanted, bounds, self._windows)
            if read is not None:
                return [dict(zip(bases, (group[each] for each in wanted), strict=True)) for group in read]
        tables = self._tables(bases, bounds)
        return [{base: self._reduced(base, table, bounds) for base in bases} for table in tables]

    def _tables(self, bases: Sequence[Call | Reference], bounds: Bounds) -> list[Table]:
        names = {_field(base).name for base in bases} | names_in_conditions(self._groups)
        fields = {name: kind for name, kind in self._data.fields.items() if name in names}
        return self._data.reader.tables(self._groups, fields, bounds, None, False)

    def _reduced(self, base: Call | Reference, table: Table, bounds: Bounds) -> Column:
        name = _field(base).name
        if name not in table.fields:
            return EMPTY
        t, v, _ = table.column(name)
        if isinstance(base, Reference):
            return Column(t, v)
        if not len(t):
            return Column(t, v)
        self._budget.take_computed(len(t))
        starts = self._starts(t, bounds)
        cut, filled = slices_of(t, v, starts)
        reduced = count_distinct(cut) if isinstance(base.arguments[0], Call) else reduce(base.name, _percent(base), cut)
        times = starts[:-1][filled][reduced.window]
        return Column(self._shown(times), reduced.v, reduced.whole)

    def _shown(self, starts: Times) -> Times:
        """Without windows the time is the start of the range, or 1970."""
        if self._windows is not None:
            return starts
        return np.full(len(starts), 0 if self._bounds.start is None else self._bounds.first)

    # -- selectors whose sample's time or other fields are shown

    def _selected(self, compiled: Compiled) -> list[Found]:
        [call] = compiled.calls
        reference = _field(call)
        if not compiled.references and len(call.arguments) == 1:
            read = self._data.reader.selected(self._groups, (call.name, reference.name), self._bounds)
            if read is not None:
                return [{call: column} for column in read]
        names = {reference.name, *(each.name for each in compiled.references)} | names_in_conditions(self._groups)
        fields = {name: kind for name, kind in self._data.fields.items() if name in names}
        tables = self._data.reader.tables(self._groups, fields, self._bounds, None, False)
        return [
            self._selected_rows(compiled, call, group, table) for group, table in zip(self._groups, tables, strict=True)
        ]

    def _selected_rows(self, compiled: Compiled, call: Call, group: Group, table: Table) -> Found:
        name = _field(call).name
        if name not in table.fields or not len(table):
            return dict.fromkeys([call, *compiled.references], EMPTY)
        t, v, places = table.column(name)
        if not len(t):
            return dict.fromkeys([call, *compiled.references], EMPTY)
        starts = self._starts(t, self._bounds)
        cut, filled = slices_of(t, v, starts)
        reduced = reduce(call.name, _percent(call), cut)
        assert reduced.row is not None
        rows = places[reduced.row]
        times = t[reduced.row] if self._windows is None else starts[:-1][filled][reduced.window]
        look = looking_at(group, table.take(rows), self._data.fields)
        found: Found = {call: self._finished(call, Column(times, reduced.v, reduced.whole), self._bounds)}
        for each in compiled.references:
            values = look(each)
            if values is not None:
                column = Column(times, values)
                found[each] = column.take(slice(None, None, -1)) if self._descending else column
        return found

    # -- filling and functions of consecutive values

    def _finished(self, call: Call, column: Column, bounds: Bounds) -> Column:
        if self._descending:
            column = column.take(slice(None, None, -1))
        base = base_of(call)
        fills = self._windows is not None and self._fill.option != "none"
        if fills and isinstance(base, Call) and base.name != "distinct" and len(column):
            windows = self._starts(column.t.min(keepdims=True), bounds)[:-1]
            windows = windows[::-1] if self._descending else windows
            self._filled += len(windows)
            if self._filled > MAX_FILLED:
                raise too_many_windows(self._filled)
            self._budget.take_computed(len(windows))
            column = fill_windows(column, windows, self._fill, base.name == "count")
        if call.name not in TRANSFORMS:
            return column
        self._budget.take_computed(len(column))
        return transform(call.name, column, self._argument(call), self._descending)

    def _argument(self, call: Call) -> int:
        if call.name == "moving_average":
            return _number(call)
        match call.arguments[1:]:
            case (Duration(ns),):
                return ns
        if call.name == "elapsed":
            return 1
        return self._windows.width if self._windows is not None else NS_PER_S


def base_of(call: Call) -> Call | Reference:
    """The aggregate or field that a function of consecutive values is of; an aggregate itself."""
    if call.name not in TRANSFORMS:
        return call
    argument = call.arguments[0]
    assert isinstance(argument, (Call, Reference))
    return argument


def _field(base: Call | Reference) -> Reference:
    while isinstance(base, Call):
        argument = base.arguments[0]
        assert isinstance(argument, (Call, Reference))
        base = argument
    return base


def _percent(call: Call) -> float | None:
    match call.arguments[1:]:
        case (Constant(value=int() | float() as percent),):
            return float(percent)
    return None


def _number(call: Call) -> int:
    argument = call.arguments[1]
    assert isinstance(argument, Constant)
    return int(argument.value)
