"""Rows of a rung for many sensors as columns, from memory or from the store."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from catalog.models import Sensor
from historian.playback.hidden_changes import STATES
from historian.read.closed_spans import ClosedSpans, Known, closed_spans
from historian.read.last import by_site
from historian.read.packed_columns import Block
from historian.read.planner import Ladder
from historian.read.row_table import RowTable, no_rows_of, row_table
from historian.rungs.rungs import Rung
from kernel.times import TimeRange
from stores.samples import RowRange, SampleSource, Window

CONCURRENCY = 2  # InfluxDB processes each request on one core
MIN_SENSORS_FOR_SPLIT = 20  # up to which one request is as fast as two
MIN_REQUESTS_FOR_POOL = 2
MAX_BYTES = 4 << 20
KEPT = ClosedSpans(time.monotonic, MAX_BYTES, per_ms=1)


@dataclass(frozen=True, slots=True)
class Group:
    """Sensors whose rows have the same columns, and can be read with one request."""

    site: str
    sensors: tuple[str, ...]
    types: dict[str, pa.DataType]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)


@dataclass(frozen=True, slots=True)
class RungReading:
    """Reads rows of a rung in a span. `ladders` were read before."""

    source: SampleSource
    rung: Rung
    span: TimeRange
    ladders: Mapping[str, Ladder]
    now_ms: int

    def recall(self, group: Group) -> dict[str, Known]:
        return {id: KEPT.known(id, self.rung, group.columns, self.ladders[id], self.span) for id in group.sensors}

    def read(self, group: Group, known: Mapping[str, Known]) -> dict[str, RowTable]:
        """The rows of each sensor that has any."""
        wanted = {id: each.missing for id, each in known.items() if each.missing is not None}
        missing, stored = None, dict[str, Block]()
        if wanted:  # by one request, though some sensors may lack less of the span than others
            missing = TimeRange(min(one.start for one in wanted.values()), max(one.end for one in wanted.values()))
            stored = self._stored(group, list(wanted), missing)
        found: dict[str, RowTable] = {}
        for id, each in known.items():
            new = None
            if missing is not None and id in wanted:
                new = stored.get(id) or _nothing(group)
                self._keep(group, id, missing, new)
                each = each.outside(missing)
            whole = each.joined(new).within(self.span.start, self.span.end)
            if len(whole.t):
                found[id] = RowTable(whole.t, dict(zip(group.columns, whole.columns, strict=True)))
        return found

    def _stored(self, group: Group, ids: Sequence[str], span: TimeRange) -> dict[str, Block]:
        request = RowRange(group.site, self.rung.name, ids, Window.of(span), group.columns)
        tables = self.source.tables(request, group.types)
        return {id: _block(row_table(table), group) for id, table in tables.items()}

    def _keep(self, group: Group, id: str, span: TimeRange, found: Block) -> None:
        ladder = self.ladders[id]
        spans = closed_spans(span, self.rung, ladder.marked, self.now_ms)
        KEPT.put(id, self.rung, group.columns, ladder, spans, found)


def _block(table: RowTable, group: Group) -> Block:
    return Block(table.start, tuple(table.columns[name] for name in group.columns))


def _nothing(group: Group) -> Block:
    return _block(no_rows_of(group.types), group)


def read_tables(reading: RungReading, sensors: Sequence[Sensor]) -> dict[str, RowTable]:
    """The rows of each sensor that has any; large groups are split into two concurrent requests."""
    groups = list(_groups(sensors))
    recalled = [reading.recall(group) for group in groups]
    running = [partial(reading.read, group, known) for group, known in zip(groups, recalled, strict=True)]
    if sum(any(each.missing for each in known.values()) for known in recalled) < MIN_REQUESTS_FOR_POOL:
        return {id: table for read in running for id, table in read().items()}
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        answers = [pool.submit(copy_context().run, read) for read in running]
        return {id: table for each in answers for id, table in each.result().items()}


def _groups(sensors: Sequence[Sensor]) -> Iterator[Group]:
    kinds = {sensor.id: sensor.kind for sensor in sensors}
    for (site, text), ids in by_site(sensors).items():
        states = [id for id in ids if kinds[id] in STATES]
        numbers = [id for id in ids if kinds[id] not in STATES]
        for named in (states, numbers):
            size = -(-len(named) // CONCURRENCY) if len(named) > MIN_SENSORS_FOR_SPLIT else MIN_SENSORS_FOR_SPLIT
            for place in range(0, len(named), size):
                yield Group(site, tuple(named[place : place + size]), _types(text, named is states))


def _types(text: bool, states: bool) -> dict[str, pa.DataType]:
    types = {"last_s" if text else "last": pa.string() if text else pa.float64(), "tlast": pa.int64()}
    if states:
        types |= {"tfirst": pa.int64(), "n": pa.int64(), "n_bad": pa.int64()}
        types |= {"states": pa.string()} if text else {"min": pa.float64(), "max": pa.float64()}
    return types
