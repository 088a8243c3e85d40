"""A source that remembers rows and samples of buckets that closed long ago, for requests of single sensors."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.read.closed_parts import CLOSED_MS, Chunks, ClosedParts, Columns, is_closed
from historian.read.closed_spans import ClosedSpans, Known, closed_spans
from historian.read.packed_columns import Block, joined_blocks
from historian.read.planner import ROWS, Ladder
from historian.rungs.rungs import RUNGS, Rung
from historian.rungs.sensors import usual_interval_ms_of
from kernel.times import EARLIEST, NS_PER_MS, TimeRange
from stores.samples import (
    Last,
    LastSamples,
    Part,
    Raw,
    Request,
    RowColumns,
    RowRange,
    Sample,
    SampleRange,
    SampleSource,
    Window,
    no_samples,
)

SAMPLES_PER_CHUNK = 120  # at least, at the sensor's interval
MAX_CHUNKS = 400  # of a request; longer ones are not divided
MARGIN = 100  # samples beyond twice the expected number, for a sensor that reports more often than its interval says
MAX_SENSORS_TO_KEEP = 8  # of a request for last samples, up to which a chunk of each is read
MAX_BYTES = 12 << 20
LAST_ROW_BYTES = 800
BY_NAME = {rung.name: rung for rung in RUNGS}

KEPT = ClosedSpans(time.monotonic, MAX_BYTES, NS_PER_MS)
LAST_ROWS: ClosedParts[dict[str, RowColumns]] = ClosedParts(lambda row: LAST_ROW_BYTES, time.monotonic, 1 << 20)


@dataclass(frozen=True, slots=True)
class _Divided:
    """A request of one sensor. `rung`: by whose buckets it is remembered; `looked_at`: the span that is needed of it;
    `missing`: what is not known, and what is asked for."""

    original: RowRange | SampleRange
    sensor: str
    rung: Rung
    columns: Columns
    looked_at: TimeRange
    known: Known
    missing: TimeRange | None
    asks: tuple[RowRange | SampleRange, ...]


@dataclass(frozen=True, slots=True)
class _Lasts:
    """A request for last samples: those that are known, and the others as ranges of single sensors or all together."""

    asks: tuple[Request[Any], ...]
    known: dict[str, Sample]
    divided: tuple[_Divided, ...]


@dataclass(frozen=True, slots=True)
class _LastRow:
    asks: tuple[Request[Any], ...]
    request: RowRange
    ladder: Ladder
    columns: Columns
    end: int
    known: dict[str, RowColumns] | None = None


@dataclass(frozen=True, slots=True)
class _Whole:
    """A request that is passed on as it is."""

    asks: tuple[Request[Any]]


_Plan = _Whole | _Divided | _Lasts | _LastRow


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
        plans = [self._plan(request) for request in requests]
        asked = [request for plan in plans for request in plan.asks]
        found = iter(self._source.read(asked) if asked else [])
        answers = [self._answer_of(plan, [next(found) for _ in plan.asks]) for plan in plans]
        whole = [place for place, answer in enumerate(answers) if answer is None]  # to be read as requested, after all
        if whole:
            again = self._source.read([requests[place] for place in whole])
            for place, answer in zip(whole, again, strict=True):
                answers[place] = answer
        return answers

    def _plan(self, request: Request[Any]) -> _Plan:
        plan: _Plan | None
        if isinstance(request, LastSamples):
            plan = self._lasts(request)
        elif isinstance(request, RowRange) and request.last:
            plan = self._last_row(request)
        else:
            plan = self._divided(request)
        return plan or _Whole((request,))

    def _answer_of(self, plan: _Plan, found: Sequence[Any]) -> Any:
        """None: the request has to be asked as it is."""
        if isinstance(plan, _LastRow):
            return plan.known if plan.known is not None else self._keep_last_row(plan, found[0])
        if isinstance(plan, _Whole):
            return found[0]
        return self._last(plan, found) if isinstance(plan, _Lasts) else self._answer(plan, found[0] if found else {})

    def _last_row(self, request: RowRange) -> _LastRow | None:
        """The last row of all time up to a moment; None: it may still change."""
        start, end = request.window.start // NS_PER_MS, request.window.end // NS_PER_MS
        ladder = self._ladders.get(request.sensors[0]) if len(request.sensors) == 1 else None
        if (
            ladder is None
            or start > EARLIEST
            or not is_closed(TimeRange(start, end), BY_NAME[request.rung], ladder.marked, self._now_ms)
        ):
            return None
        columns = (request.filled or "", *request.columns)
        known = LAST_ROWS.get(request.sensors[0], BY_NAME[request.rung], columns, ladder, [end])
        return (
            _LastRow((), request, ladder, columns, end, known[end])
            if known
            else _LastRow((request,), request, ladder, columns, end)
        )

    def _keep_last_row(self, plan: _LastRow, found: dict[str, RowColumns]) -> dict[str, RowColumns]:
        rung = BY_NAME[plan.request.rung]
        LAST_ROWS.put(plan.request.sensors[0], rung, plan.columns, plan.ladder, {plan.end: found})
        return found

    def _lasts(self, request: LastSamples) -> _Lasts | None:
        """None: nothing of it is known, and its sensors are too many to read what will be remembered."""
        if request.window.end > (self._now_ms - CLOSED_MS) * NS_PER_MS:
            return None
        span, known, others = _span_of(request.window), dict[str, Sample](), list[str]()
        for sensor in request.sensors:
            ladder = self._ladders.get(sensor)
            if ladder is None or not ladder.epoch:
                others.append(sensor)
                continue
            found = KEPT.known(sensor, ladder.finest, _columns(request.text), ladder, span)
            end = found.before if found.missing is None else found.after
            last = joined_blocks(end).within(request.window.start, request.window.end) if end else None
            if last is not None and len(last.t):
                known[sensor] = _sample(last.t, *last.columns)
            elif found.missing is not None:
                others.append(sensor)
        if not others:
            return _Lasts((), known, ())
        if request.few is not None and len(others) <= MAX_SENSORS_TO_KEEP:
            ranges = (SampleRange(request.site, request.text, (id,), request.window, request.few) for id in others)
            divided = [plan for each in ranges if (plan := self._divided(each)) is not None]
            if len(divided) == len(others):
                return _Lasts(tuple(ask for each in divided for ask in each.asks), known, tuple(divided))
        return _Lasts((replace(request, sensors=others),), known, ()) if known else None

    def _last(self, plan: _Lasts, found: Sequence[Any]) -> Last:
        samples, skipped = dict(plan.known), set[str]()
        if found and not plan.divided:
            return Last({**samples, **found[0].samples}, found[0].skipped)
        answers = iter(found)
        for each in plan.divided:
            parts = self._answer(each, next(answers) if each.asks else {})
            if parts is None:
                skipped.add(each.sensor)
            elif (part := parts.get(each.sensor)) is not None:
                samples[each.sensor] = _sample(part.samples.t, part.samples.v, part.samples.q)
        return Last(samples, frozenset(skipped))

    def _divided(self, request: Request[Any]) -> _Divided | None:
        """None: it is not of a kind that is remembered."""
        if not isinstance(request, RowRange | SampleRange) or len(request.sensors) != 1:
            return None
        sensor = request.sensors[0]
        ladder = self._ladders.get(sensor)
        if ladder is None or not ladder.epoch:
            return None
        chunks = self._chunks(request)
        if chunks is None:
            return None
        span = _looked_at(request, chunks)
        if not 0 < span.width <= MAX_CHUNKS * chunks.width or span.start > self._now_ms - CLOSED_MS:
            return None
        if isinstance(request, RowRange):
            rung, columns = chunks.rung, tuple(request.columns)
        else:
            rung, columns = ladder.finest, _columns(request.text)
        known = KEPT.known(sensor, rung, columns, ladder, span)
        missing = self._to_read(chunks, known, span)
        asks = (self._request(request, missing),) if missing is not None else ()
        return _Divided(request, sensor, rung, columns, span, known, missing, asks)

    def _chunks(self, request: RowRange | SampleRange) -> Chunks | None:
        """What is read of a span in which nothing is known begins and ends with these; None: nothing is remembered."""
        if isinstance(request, RowRange):
            return None if request.filled is not None or request.last else Chunks(BY_NAME[request.rung])
        interval = usual_interval_ms_of(self._sensors[request.sensors[0]])
        if interval is None or (request.newest and request.limit is None):
            return None
        rung = next((rung for rung in RUNGS if rung.ms >= SAMPLES_PER_CHUNK * interval), None)
        return Chunks(rung, rows=1) if rung is not None else None

    def _to_read(self, chunks: Chunks, known: Known, span: TimeRange) -> TimeRange | None:
        if known.missing is None:
            return None
        start, end = known.missing.start, known.missing.end
        if not known.before:
            start = start // chunks.width * chunks.width
        if not known.after and (up := -(-end // chunks.width) * chunks.width) <= self._now_ms - CLOSED_MS:
            end = up
        return TimeRange(start, end)

    def _request(self, request: RowRange | SampleRange, missing: TimeRange) -> RowRange | SampleRange:
        if isinstance(request, RowRange):
            return replace(request, window=Window.of(missing))
        expected = missing.width / (usual_interval_ms_of(self._sensors[request.sensors[0]]) or 1)
        limit = min(2 * int(expected) + MARGIN, ROWS)
        return replace(request, window=Window.of(missing), limit=limit, newest=False, usable=False)

    def _answer(self, each: _Divided, answer: Mapping[str, Any]) -> Any:
        """What the original request asks for; None if it has to be asked as it is."""
        new = None
        if each.missing is not None:
            found = answer.get(each.sensor)
            if isinstance(found, Part):
                if found.resume is not None:
                    return None
                found = found.samples
            new = _block(_nothing(each) if found is None else found)
            ladder = self._ladders[each.sensor]
            spans = closed_spans(each.missing, each.rung, ladder.marked, self._now_ms)
            KEPT.put(each.sensor, each.rung, each.columns, ladder, spans, new)
        window = each.original.window
        t, columns = each.known.joined(new).within(window.start, window.end)
        if isinstance(each.original, RowRange):
            return {each.sensor: RowColumns(t, columns)} if len(t) else {}
        samples = _limited(each.original, Raw(t, *columns))
        found_all = not each.original.newest or len(samples.samples) == each.original.limit
        if not found_all and each.looked_at.start > _span_of(window).start:
            return None
        return {each.sensor: samples} if len(samples.samples) else {}


def _span_of(window: Window) -> TimeRange:
    return TimeRange(window.start // NS_PER_MS, -(-window.end // NS_PER_MS))


def _columns(text: bool) -> Columns:
    """Of samples, in place of the columns of rows."""
    return ("text" if text else "value",)


def _sample(t: npt.NDArray[np.int64], v: npt.NDArray[Any], q: npt.NDArray[Any]) -> Sample:
    """The last of them, at least one."""
    value = v[-1]
    return Sample(int(t[-1]), value if isinstance(value, str) else float(value), int(q[-1]))


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


def _slice(raw: Raw, part: slice) -> Raw:
    return Raw(raw.t[part], raw.v[part], raw.q[part])


def _block(found: Raw | RowColumns) -> Block:
    return Block(found.t, (found.v, found.q)) if isinstance(found, Raw) else Block(found.t, found.columns)


def _nothing(each: _Divided) -> Raw | RowColumns:
    if isinstance(each.original, SampleRange):
        return no_samples(each.original.text)
    return RowColumns(np.zeros(0, np.int64), tuple(np.zeros(0) for _ in each.columns))
