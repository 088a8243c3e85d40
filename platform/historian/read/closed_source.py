"""A source that remembers rows and samples of buckets that closed long ago, for requests of single sensors."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from catalog.models import Sensor
from historian.read.closed_parts import CLOSED_MS, Chunks, ClosedParts, Columns, is_closed
from historian.read.planner import ROWS, Ladder
from historian.rungs.rungs import RUNGS
from historian.rungs.sensors import usual_interval_ms_of
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import (
    Part,
    Raw,
    Request,
    RowColumns,
    RowRange,
    SampleRange,
    SampleSource,
    Window,
    joined_raw,
    no_samples,
)

SAMPLES_PER_CHUNK = 120  # at least, at the sensor's interval
MAX_CHUNKS = 400  # of a request; longer ones are not divided
MARGIN = 100  # samples beyond twice the expected number, for a sensor that reports more often than its interval says
MAX_BYTES, TEXT_BYTES = 8 << 20, 100
BY_NAME = {rung.name: rung for rung in RUNGS}
Found = Raw | RowColumns


def _size_of(found: Found) -> int:
    arrays = (found.t, found.v, found.q) if isinstance(found, Raw) else (found.t, *found.columns)
    return sum(each.nbytes + (TEXT_BYTES * len(each) if each.dtype == object else 0) for each in arrays)


KEPT: ClosedParts[Found] = ClosedParts(_size_of, time.monotonic, MAX_BYTES)


@dataclass(frozen=True, slots=True)
class _Divided:
    """A request of one sensor in chunks. `missing`: what is not known; `request`: asks for it, None if all is known."""

    original: RowRange | SampleRange
    sensor: str
    chunks: Chunks
    columns: Columns
    known: dict[int, Found]
    missing: TimeRange | None
    request: RowRange | SampleRange | None


class ClosedSource:
    """`ladders` were read before; of a sensor without one nothing is remembered."""

    def __init__(
        self, source: SampleSource, sensors: Sequence[Sensor], ladders: Mapping[str, Ladder], now_ms: int
    ) -> None:
        self._source, self._ladders, self._now_ms = source, ladders, now_ms
        self._sensors = {sensor.id: sensor for sensor in sensors}

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        return self._source.stream(request)

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        return self._source.tables(request, types)

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        divided = [self._divided(request) for request in requests]
        asked = [
            request if each is None else each.request
            for request, each in zip(requests, divided, strict=True)
            if each is None or each.request is not None
        ]
        found = iter(self._source.read([request for request in asked if request is not None]) if asked else [])
        answers: list[Any] = []
        whole: dict[int, Request[Any]] = {}  # to be read as they were requested, after all
        for place, each in enumerate(divided):
            if each is None:
                answers.append(next(found))
                continue
            answer = self._answer(each, next(found) if each.request is not None else {})
            answers.append(answer)
            if answer is None:
                whole[place] = each.original
        for place, answer in zip(whole, self._source.read(list(whole.values())) if whole else (), strict=True):
            answers[place] = answer
        return answers

    def _divided(self, request: Request[Any]) -> _Divided | None:
        """None: it is passed on as it is."""
        if not isinstance(request, RowRange | SampleRange) or len(request.sensors) != 1:
            return None
        ladder = self._ladders.get(request.sensors[0])
        if ladder is None or not ladder.epoch:
            return None
        chunks, columns = self._chunks(request)
        if chunks is None:
            return None
        span = _looked_at(request, chunks)
        if not 0 < span.width <= MAX_CHUNKS * chunks.width or span.start > self._now_ms - CLOSED_MS:
            return None
        numbers = chunks.of(span)
        known = KEPT.get(request.sensors[0], chunks.rung, columns, ladder, numbers)
        missing = chunks.missing(known, span, self._now_ms)
        asks = self._request(request, missing, known) if missing is not None else None
        return _Divided(request, request.sensors[0], chunks, columns, known, missing, asks)

    def _chunks(self, request: RowRange | SampleRange) -> tuple[Chunks | None, Columns]:
        if isinstance(request, RowRange):
            if request.filled is not None or request.last:
                return None, ()
            return Chunks(BY_NAME[request.rung]), tuple(request.columns)
        interval = usual_interval_ms_of(self._sensors[request.sensors[0]])
        if interval is None or (request.newest and request.limit is None):
            return None, ()
        rung = next((rung for rung in RUNGS if rung.ms >= SAMPLES_PER_CHUNK * interval), None)
        return Chunks(rung, rows=1) if rung is not None else None, ("text" if request.text else "value",)

    def _request(
        self, request: RowRange | SampleRange, missing: TimeRange, known: Mapping[int, Found]
    ) -> RowRange | SampleRange:
        if isinstance(request, RowRange):
            return replace(request, window=Window.of(missing))
        expected = missing.width / (usual_interval_ms_of(self._sensors[request.sensors[0]]) or 1)
        limit = min(2 * int(expected) + MARGIN, ROWS)
        return replace(request, window=Window.of(missing), limit=limit, newest=False, usable=False)

    def _answer(self, each: _Divided, answer: Mapping[str, Any]) -> Any:
        """What the original request asks for; None if it has to be asked as it is."""
        parts = dict(each.known)
        if each.missing is not None:
            new = answer.get(each.sensor)
            if isinstance(new, Part):
                if new.resume is not None:
                    return None
                new = new.samples
            again = each.chunks.of(each.missing)
            parts = {number: part for number, part in parts.items() if number not in again}
            parts[again[0]] = new = _nothing(each) if new is None else new
            self._keep(each, each.missing, new)
        found = [_within(parts[number], each.original.window) for number in sorted(parts)]
        filled = [part for part in found if len(part.t)]
        if isinstance(each.original, RowRange):
            rows = [part for part in filled if isinstance(part, RowColumns)]
            return {each.sensor: _joined_rows(rows)} if rows else {}
        raw = [part for part in filled if isinstance(part, Raw)]
        samples = _limited(each.original, joined_raw(raw)) if raw else None
        found_all = not each.original.newest or len(samples.samples if samples else ()) == each.original.limit
        if not found_all and _looked_at(each.original, each.chunks).start > _span_of(each.original.window).start:
            return None
        return {each.sensor: samples} if samples and len(samples.samples) else {}

    def _keep(self, each: _Divided, span: TimeRange, new: Found) -> None:
        ladder = self._ladders[each.sensor]
        closed = {
            number: _copy(_within(new, Window.of(chunk)))  # else the whole answer stays in memory
            for number in each.chunks.of(span)
            if (chunk := each.chunks.span(number)).end <= span.end
            and is_closed(chunk, each.chunks.rung, ladder.marked, self._now_ms)
        }
        KEPT.put(each.sensor, each.chunks.rung, each.columns, ladder, closed)


def _span_of(window: Window) -> TimeRange:
    return TimeRange(window.start // NS_PER_MS, -(-window.end // NS_PER_MS))


def _looked_at(request: RowRange | SampleRange, chunks: Chunks) -> TimeRange:
    """The span of a request; of one for the newest samples the last chunk, which mostly has them."""
    span = _span_of(request.window)
    if isinstance(request, RowRange) or not request.newest:
        return span
    return TimeRange(max(span.start, chunks.span(-(-span.end // chunks.width) - 1).start), span.end)


def _limited(request: SampleRange, raw: Raw) -> Part:
    """As the store would answer: `usable`, `newest` and `limit` apply to all samples of the window."""
    if request.usable:
        raw = raw.usable()
    limit = request.limit
    if request.newest:
        return Part(raw if limit is None else _slice(raw, slice(max(len(raw) - limit, 0), None)), None)
    if limit is None or len(raw) <= limit:
        return Part(raw, None)
    return Part(_slice(raw, slice(0, limit)), int(raw.t[limit - 1]))


def _within(found: Found, window: Window) -> Any:
    first, stop = np.searchsorted(found.t, [window.start, window.end]).tolist()
    return found if stop - first == len(found.t) else _slice(found, slice(first, stop))


def _slice(found: Any, part: slice) -> Any:
    if isinstance(found, Raw):
        return Raw(found.t[part], found.v[part], found.q[part])
    return RowColumns(found.t[part], tuple(column[part] for column in found.columns))


def _nothing(each: _Divided) -> Found:
    if isinstance(each.original, SampleRange):
        return no_samples(each.original.text)
    return RowColumns(np.zeros(0, np.int64), tuple(np.zeros(0) for _ in each.columns))


def _copy(found: Any) -> Any:
    if isinstance(found, Raw):
        return Raw(found.t.copy(), found.v.copy(), found.q.copy())
    return RowColumns(found.t.copy(), tuple(column.copy() for column in found.columns))


def _joined_rows(parts: Sequence[RowColumns]) -> RowColumns:
    if len(parts) == 1:
        return parts[0]
    columns = zip(*(part.columns for part in parts), strict=True)
    return RowColumns(np.concatenate([part.t for part in parts]), tuple(map(np.concatenate, columns)))
