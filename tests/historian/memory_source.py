"""A source of samples in memory, which answers each request in a simple, slow way: the reference for other sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from kernel.samples import BAD
from kernel.times import NS_PER_MS
from stores.samples import (
    Count,
    Extent,
    Extremes,
    HasMore,
    Last,
    LastOfWindows,
    LastRows,
    LastSamples,
    LowHigh,
    Part,
    Raw,
    Request,
    RowColumns,
    RowExtent,
    RowRange,
    Sample,
    SampleRange,
    Window,
    Windows,
    raw_of,
    row_columns_of,
)

PART = 1_000  # samples that `stream` gives at a time


class MemorySource:
    def __init__(self) -> None:
        self._samples: dict[tuple[str, str], dict[int, Sample]] = defaultdict(dict)
        self._rows: dict[tuple[str, str, str], dict[int, dict[str, Any]]] = defaultdict(dict)
        self.requests = 0

    def write(self, site: str, sensor: str, samples: Sequence[tuple[int, float | str, int]]) -> None:
        """Samples of time (ns), value and quality; one of a time that is there takes its place."""
        self._samples[site, sensor].update({t: Sample(t, v, q) for t, v, q in samples})

    def write_rows(self, site: str, rung: str, sensor: str, rows: Mapping[int, dict[str, Any]]) -> None:
        """Rows by the start of their bucket (ns)."""
        self._rows[site, rung, sensor].update(rows)

    # -- the interface

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        self.requests += 1
        answers: dict[type, Callable[[Any], Any]] = {
            SampleRange: self._range, LastSamples: self._last, LastOfWindows: self._last_of_windows,
            Extremes: self._extremes, Count: self._count, HasMore: self._has_more, Extent: self._extent,
            RowRange: self._row_range, LastRows: self._last_rows, RowExtent: self._row_extent,
        }  # fmt: skip
        return [answers[type(request)](request) for request in requests]

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        for sensor in request.sensors:
            found = self._within(request.site, sensor, request.window, request.text)
            for place in range(0, len(found), PART):
                yield sensor, raw_of(found[place : place + PART], request.text)

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        tables = {}
        for sensor, rows in self._rows_of(request).items():
            columns = list(zip(*rows, strict=True))
            fields = {"time": pa.int64(), **types}
            tables[sensor] = pa.table(
                {name: pa.array(column, kind) for (name, kind), column in zip(fields.items(), columns, strict=True)}
            )
        return tables

    # -- samples

    def _within(self, site: str, sensor: str, window: Window, text: bool) -> list[Sample]:
        found = self._samples.get((site, sensor), {})
        return [
            found[t] for t in sorted(found) if window.start <= t < window.end and isinstance(found[t].v, str) == text
        ]

    def _range(self, request: SampleRange) -> dict[str, Part]:
        parts = {}
        for sensor in request.sensors:
            found = self._within(request.site, sensor, request.window, request.text)
            if request.usable:
                found = [sample for sample in found if sample.q < BAD]
            resume = None
            if request.newest and request.limit is not None:
                found = found[-request.limit :]
            elif request.limit is not None and len(found) > request.limit:
                found = found[: request.limit]
                resume = found[-1].t
            if found:
                parts[sensor] = Part(raw_of(found, request.text), resume)
        return parts

    def _last(self, request: LastSamples) -> Last:
        found, skipped = {}, set()
        for sensor in request.sensors:
            samples = self._within(request.site, sensor, request.window, request.text)
            if request.few is not None and len(samples) > request.few:
                skipped.add(sensor)
            elif samples:
                found[sensor] = samples[-1]
        return Last(found, frozenset(skipped))

    def _last_of_windows(self, request: LastOfWindows) -> dict[str, Raw]:
        found = {}
        for sensor in request.sensors:
            groups = _by_window(self._within(request.site, sensor, request.window, request.text), request.windows)
            if groups:
                last = [Sample(start, some[-1].v, some[-1].q) for start, some in groups.items()]
                found[sensor] = raw_of(last, request.text)
        return found

    def _extremes(self, request: Extremes) -> dict[str, LowHigh]:
        found = {}
        for sensor in request.sensors:
            usable = [sample for sample in self._within(request.site, sensor, request.window, False) if sample.q < BAD]
            groups = {start: [float(s.v) for s in some] for start, some in _by_window(usable, request.windows).items()}
            if groups:
                low, high = [min(some) for some in groups.values()], [max(some) for some in groups.values()]
                found[sensor] = LowHigh(np.array(list(groups), np.int64), np.array(low), np.array(high))
        return found

    def _count(self, request: Count) -> list[tuple[int, int]]:
        found = self._within(request.site, request.sensor, request.window, request.text)
        if request.windows is None:
            return [(request.window.start // NS_PER_MS, len(found))] if found else []
        return [(start // NS_PER_MS, len(some)) for start, some in _by_window(found, request.windows).items()]

    def _has_more(self, request: HasMore) -> bool:
        return len(self._within(request.site, request.sensor, request.window, request.text)) > request.than

    def _extent(self, request: Extent) -> dict[str, tuple[int, int]]:
        times = {sensor: list(self._samples.get((request.site, sensor), {})) for sensor in request.sensors}
        return {sensor: (min(some), max(some)) for sensor, some in times.items() if some}

    # -- rows

    def _row_range(self, request: RowRange) -> dict[str, RowColumns]:
        return {sensor: row_columns_of(rows, request.text_places) for sensor, rows in self._rows_of(request).items()}

    def _rows_of(self, request: RowRange) -> dict[str, list[list[Any]]]:
        found = {}
        for sensor in request.sensors:
            rows = self._rows.get((request.site, request.rung, sensor), {})
            chosen = [
                [start, *(rows[start].get(column) for column in request.columns)]
                for start in sorted(rows)
                if request.window.start <= start < request.window.end and _is_filled(rows[start], request.filled)
            ]
            if chosen:
                found[sensor] = chosen[-1:] if request.last else chosen
        return found

    def _last_rows(self, request: LastRows) -> dict[str, list[Any]]:
        asked_rows = RowRange(
            request.site, request.rung, request.sensors, request.window, request.columns, request.filled
        )
        found = {}
        for sensor, rows in self._rows_of(asked_rows).items():
            if given := [row for row in rows if row[1] is not None]:
                found[sensor] = given[-1]
        return found

    def _row_extent(self, request: RowExtent) -> dict[str, tuple[int, int]]:
        times = {sensor: list(self._rows.get((request.site, request.rung, sensor), {})) for sensor in request.sensors}
        return {sensor: (min(some), max(some)) for sensor, some in times.items() if some}


def _by_window(samples: Sequence[Sample], windows: Windows) -> dict[int, list[Sample]]:
    groups: dict[int, list[Sample]] = defaultdict(list)
    width, offset = windows.width_ms * NS_PER_MS, windows.offset_ms * NS_PER_MS
    for sample in samples:
        groups[(sample.t - offset) // width * width + offset].append(sample)
    return groups


def _is_filled(row: dict[str, Any], filled: str | None) -> bool:
    return filled is None or row["n"] > 0 or (filled == "any" and row["n_bad"] > 0)
