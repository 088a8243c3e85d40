"""Rows of a rung for many sensors as columns, from memory or from the store."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

import pyarrow as pa

from catalog.models import Sensor
from historian.playback.hidden_changes import STATES
from historian.read.closed_parts import Chunks, ClosedParts, is_closed
from historian.read.last import by_site
from historian.read.planner import Ladder
from historian.read.row_table import RowTable, joined_tables, no_rows_of, row_table
from historian.rungs.rungs import Rung
from kernel.times import TimeRange
from stores.samples import RowRange, SampleSource, Window

CONCURRENCY = 2  # InfluxDB processes each request on one core
MIN_SENSORS_FOR_SPLIT = 20  # up to which one request is as fast as two
KEPT: ClosedParts[RowTable] = ClosedParts(lambda table: table.bytes, time.monotonic)


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

    def read(self, group: Group) -> dict[str, RowTable]:
        """The rows of each sensor that has any."""
        chunks = self._chunks.of(self.span)
        known = {id: KEPT.get(id, self.rung, group.columns, self.ladders[id], chunks) for id in group.sensors}
        by_missing: dict[TimeRange | None, list[str]] = defaultdict(list)
        for id in group.sensors:
            by_missing[self._chunks.missing(known[id], self.span, self.now_ms)].append(id)
        found: dict[str, RowTable] = {}
        for missing, ids in by_missing.items():
            tables = self._stored(group, ids, missing) if missing is not None else {}
            for id in ids:
                parts = known[id]
                if missing is not None:
                    table = tables.get(id) or no_rows_of(group.types)
                    self._keep(group, id, missing, table)
                    again = self._chunks.of(missing)
                    parts = {number: part for number, part in parts.items() if number not in again}
                    parts[again[0]] = table
                whole = joined_tables([parts[number] for number in sorted(parts)]).between(self.span)
                if len(whole):
                    found[id] = whole
        return found

    @property
    def _chunks(self) -> Chunks:
        return Chunks(self.rung)

    def _stored(self, group: Group, ids: Sequence[str], span: TimeRange) -> dict[str, RowTable]:
        request = RowRange(group.site, self.rung.name, ids, Window.of(span), group.columns)
        return {id: row_table(table) for id, table in self.source.tables(request, group.types).items()}

    def _keep(self, group: Group, id: str, span: TimeRange, table: RowTable) -> None:
        ladder = self.ladders[id]
        spans = {number: self._chunks.span(number) for number in self._chunks.of(span)}
        closed = {
            number: table.between(chunk).copy()  # else the whole answer stays in memory
            for number, chunk in spans.items()
            if chunk.end <= span.end and is_closed(chunk, self.rung, ladder.marked, self.now_ms)
        }
        KEPT.put(id, self.rung, group.columns, ladder, closed)


def read_tables(reading: RungReading, sensors: Sequence[Sensor]) -> dict[str, RowTable]:
    """The rows of each sensor that has any; large groups are split into two concurrent requests."""
    groups = list(_groups(sensors))
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        running = [pool.submit(copy_context().run, reading.read, group) for group in groups]
        return {id: table for each in running for id, table in each.result().items()}


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
