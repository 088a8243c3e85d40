"""Aggregates of windows from the rows of rungs, where these give them exactly; edges from samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.models import Sensor
from historian.read.counting import ensure_readable
from historian.read.ladders import ladders_of
from historian.read.plan import Piece, Plan, pieces_of_samples
from historian.read.planner import ROWS, Ladder, expected_samples, plan_raw, plan_rungs
from historian.read.raw import samples_of
from historian.read.rows import rows_of_values, rows_request
from historian.read.sources import SourceRequest, Sources
from historian.rungs.aggregates import rows_of_each
from historian.rungs.folding import RowsFold
from historian.rungs.rows import Rows, joined
from historian.rungs.rungs import ALL_TIME, rungs_from
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw, shown_rows
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.errors import StatementError
from ingest.sources.influxdb.query.samples import SampleBudget
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Extent, RowExtent, RowRange, Window

SENSORS_PER_REQUEST = 100
MAX_ROWS = 1_000_000  # rows of rungs that one statement reads
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "count": (), "sum": ("sum",), "mean": ("sum",), "min": ("min",), "max": ("max",), "first": ("first", "tfirst"),
    "last": ("last", "tlast"), "spread": ("min", "max"), "stddev": ("sum", "m2"),
}  # fmt: skip
TEXT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "count": (), "first": ("first_s", "tfirst"), "last": ("last_s", "tlast"),
}  # fmt: skip
FUNCTIONS = frozenset(COLUMNS)


@dataclass(frozen=True, slots=True)
class RowReader:
    """Rows in the sensors' units, each within one window. `budget`: of samples, where there are no rows."""

    tenant: TenantConnection
    sources: Sources
    budget: SampleBudget

    def read(
        self, columns: Mapping[str, Sequence[str]], sensors: Sequence[Sensor], bounds: Bounds, grain_ms: int | None
    ) -> dict[str, Rows]:
        """By sensor id. `columns`: what is needed of each. `grain_ms`: windows start at its multiples; None: all is one
        window.
        """
        ladders = ladders_of(self.tenant, sensors)
        inner = _whole_ms(bounds)
        reads = [
            _SensorRead(sensor, self._plan(sensor, inner, ladders.get(sensor.id), grain_ms), columns[sensor.id])
            for sensor in sensors
        ]
        _check_rows(reads)
        found = {}
        for start in range(0, len(reads), SENSORS_PER_REQUEST):
            found.update(self._read_some(reads[start : start + SENSORS_PER_REQUEST], bounds, inner, grain_ms))
        return found

    def _read_some(
        self, reads: Sequence[_SensorRead], bounds: Bounds, inner: TimeRange, grain_ms: int | None
    ) -> dict[str, Rows]:
        requests = [each.requests(bounds, inner) for each in reads]
        answers = iter(self.sources.read([request for some in requests for _, request in some]))
        found = {}
        for each, some in zip(reads, requests, strict=True):
            parts = [each.rows(piece, request, next(answers)) for piece, (_, request) in some]
            if not each.row_count:
                self.budget.take(sum(len(part) for part in parts if part is not None))
            parts += self._bulk(each, grain_ms)
            found[each.sensor.id] = joined([part for part in parts if part is not None], is_text(each.sensor))
        return found

    def _plan(self, sensor: Sensor, inner: TimeRange, ladder: Ladder | None, grain_ms: int | None) -> Plan | None:
        if inner.width <= 0:
            return None
        if ladder is None:
            return plan_raw(inner, self.sources.tiers)
        return plan_rungs(inner, _buckets(inner, ladder, grain_ms), ladder, interval_ms_of(sensor), self.sources.tiers)

    def _bulk(self, each: _SensorRead, grain_ms: int | None) -> Iterable[Rows]:
        """Pieces with more samples than are read at once, folded as they arrive."""
        for window in each.bulk:
            ensure_readable(self.sources, [each.sensor], _around(window))
            width = grain_ms or ALL_TIME.width
            fold = RowsFold(width, each.sensor, with_states=False)
            for piece in pieces_of_samples(_around(window), self.sources.tiers):
                whole = Window.of(piece.span)
                part = Window(max(whole.start, window.start), min(whole.end, window.end))
                for _, raw in self.sources.place(piece.source).stream(samples_of(each.sensor, part)):
                    self.budget.take(len(raw))
                    fold.add(shown_raw(each.sensor, raw))
            yield fold.rows().filled()


class _SensorRead:
    """What is read of one sensor. `bulk`: windows of samples that are read afterwards."""

    def __init__(self, sensor: Sensor, plan: Plan | None, columns: Sequence[str]) -> None:
        self.sensor, self._plan = sensor, plan
        self._columns = tuple(dict.fromkeys([*columns, "n"]))
        self.bulk: list[Window] = []

    @property
    def row_count(self) -> int:
        pieces = self._plan.pieces if self._plan is not None else ()
        return sum(piece.span.width // piece.rung.ms for piece in pieces if piece.rung is not None)

    def requests(self, bounds: Bounds, inner: TimeRange) -> list[tuple[Piece | None, SourceRequest]]:
        if self._plan is None:
            return [self._samples(piece, Window(bounds.first, bounds.stop)) for piece in _raw_pieces(bounds)]
        pieces, found = self._plan.pieces, []
        for piece in pieces:
            if piece.rung is not None:
                rows = rows_request(piece.rung, [self.sensor], piece.span, self._columns)
                found.append((piece, (piece.source, rows)))
                continue
            whole = Window.of(piece.span)
            start = bounds.first if piece is pieces[0] and bounds.start is not None else whole.start
            end = bounds.stop if piece is pieces[-1] and bounds.end is not None else whole.end
            if (expected_samples(piece.span, interval_ms_of(self.sensor)) or 0.0) > ROWS:
                self.bulk.append(Window(start, end))
            else:
                found.append(self._samples(piece, Window(start, end)))
        return [*found, *self._edges(bounds, inner)]

    def _edges(self, bounds: Bounds, inner: TimeRange) -> Iterable[tuple[Piece | None, SourceRequest]]:
        """The parts of a ms before and after the whole ones, where rows are read there."""
        assert self._plan is not None
        first, last = self._plan.pieces[0], self._plan.pieces[-1]
        if bounds.start is not None and first.rung is not None and bounds.first < inner.start * NS_PER_MS:
            for piece in pieces_of_samples(TimeRange(inner.start - 1, inner.start)):
                yield self._samples(piece, Window(bounds.first, inner.start * NS_PER_MS))
        if bounds.end is not None and last.rung is not None and bounds.stop > inner.end * NS_PER_MS:
            for piece in pieces_of_samples(TimeRange(inner.end, inner.end + 1)):
                yield self._samples(piece, Window(inner.end * NS_PER_MS, bounds.stop))

    def _samples(self, piece: Piece, window: Window) -> Any:
        return piece, (piece.source, samples_of(self.sensor, window, ROWS, usable=True))

    def rows(self, piece: Piece | None, request: Any, answer: Mapping[str, Any]) -> Rows | None:
        if isinstance(request, RowRange):
            values = answer.get(self.sensor.id)
            rows = rows_of_values(values, self._columns, is_text(self.sensor))
            return shown_rows(self.sensor, rows.filled())
        part = answer.get(self.sensor.id)
        if part is None:
            return None
        if part.resume is not None:
            self.bulk.append(request.window)
            return None
        return rows_of_each(shown_raw(self.sensor, part.samples))


def _buckets(inner: TimeRange, ladder: Ladder, grain_ms: int | None) -> int:
    """As many as the coarsest rung has whose rows lie within the windows; too many where samples are needed."""
    if grain_ms is None:
        return 1
    fitting = [rung.ms for rung in rungs_from(ladder.finest) if grain_ms % rung.ms == 0 and rung.ms <= inner.width]
    return inner.width // fitting[-1] if fitting else inner.width + 1


def data_extent(tenant: TenantConnection, sources: Sources, sensors: Sequence[Sensor]) -> Bounds:
    """From the first sample, or row, of these sensors to the last one."""
    ladders, requests = ladders_of(tenant, sensors), list[SourceRequest]()
    by_site: dict[str, list[Sensor]] = {}
    for sensor in sensors:
        by_site.setdefault(sensor.site, []).append(sensor)
    for site, some in by_site.items():
        [piece] = list(pieces_of_samples(TimeRange(0, 1)))
        requests.append((piece.source, Extent(site, [sensor.id for sensor in some])))
        gone = [sensor.id for sensor in some if sensor.id in ladders and ladders[sensor.id].is_raw_gone]
        if gone:
            requests.append((piece.source, RowExtent(site, "2d", gone)))
    ends = [pair for answer in sources.read(requests) for pair in answer.values()]
    if not ends:
        return Bounds(0, 0)
    return Bounds(min(first for first, _ in ends), max(last for _, last in ends) + 1)


def _check_rows(reads: Sequence[_SensorRead]) -> None:
    if (count := sum(each.row_count for each in reads)) > MAX_ROWS:
        raise StatementError(
            f"the statement reads {count:,} buckets of its sensors; at most {MAX_ROWS:,} are read. Use a longer "
            "interval, a shorter range of time, or fewer sensors."
        )


def _whole_ms(bounds: Bounds) -> TimeRange:
    """The whole ms of a range; where it has no bound, to the end of the coarsest rung."""
    start = ALL_TIME.start if bounds.start is None else max(-(-bounds.first // NS_PER_MS), ALL_TIME.start)
    end = ALL_TIME.end if bounds.end is None else min(bounds.stop // NS_PER_MS, ALL_TIME.end)
    return TimeRange(start, end)


def _raw_pieces(bounds: Bounds) -> Iterable[Piece]:
    start = bounds.first // NS_PER_MS
    return pieces_of_samples(TimeRange(start, start + 1))


def _around(window: Window) -> TimeRange:
    return TimeRange(window.start // NS_PER_MS, -(-window.end // NS_PER_MS))


def merge_rows(rows: Sequence[Rows], bounds_ms: Any, function: str, text: bool) -> tuple[Any, Any]:
    """A function over the rows of several sensors, by window: places of the windows, and values."""
    given = [each for each in rows if len(each)]
    all_rows = joined(given, text) if given else None
    if all_rows is None:
        return np.zeros(0, np.int64), np.zeros(0)
    places = np.searchsorted(bounds_ms, all_rows.t, "right") - 1
    inside = (places >= 0) & (places < len(bounds_ms) - 1)
    if not inside.all():  # rows that replace deleted samples may cross an edge
        places = np.clip(places, 0, len(bounds_ms) - 2)
    first = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]]))
    return places[first], _VALUES[function](all_rows, first, places, len(given))


def _mean(rows: Rows, first: Any, places: Any, sensors: int) -> Any:
    return np.add.reduceat(rows.sum, first) / np.add.reduceat(rows.n, first)


def _stddev(rows: Rows, first: Any, places: Any, sensors: int) -> Any:
    from historian.rungs.aggregates import deviations

    counts = np.add.reduceat(rows.n, first)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(np.maximum(deviations(rows.n, rows.sum, rows.m2, first), 0.0) / (counts - 1))
    return np.where(counts > 1, found, np.nan)


def _first(rows: Rows, first: Any, places: Any, sensors: int) -> Any:
    """Of several sensors' samples at one ms the larger value, as of samples at one ns."""
    if sensors == 1:
        return rows.first[first]
    order = np.lexsort((_negative(rows.first), rows.tfirst, places))
    return rows.first[order][first]


def _last(rows: Rows, first: Any, places: Any, sensors: int) -> Any:
    stop = np.append(first[1:], len(rows)) - 1
    if sensors == 1:
        return rows.last[stop]
    order = np.lexsort((_ranked(rows.last), rows.tlast, places))
    return rows.last[order][stop]


def _ranked(values: Any) -> Any:
    return np.unique(values, return_inverse=True)[1] if values.dtype == object else values


def _negative(values: Any) -> Any:
    return -_ranked(values)


_VALUES: Mapping[str, Any] = {
    "count": lambda rows, first, _, __: np.add.reduceat(rows.n, first).astype(np.float64),
    "sum": lambda rows, first, _, __: np.add.reduceat(rows.sum, first),
    "mean": _mean,
    "min": lambda rows, first, _, __: np.minimum.reduceat(rows.min, first),
    "max": lambda rows, first, _, __: np.maximum.reduceat(rows.max, first),
    "spread": lambda rows, first, _, __: np.maximum.reduceat(rows.max, first) - np.minimum.reduceat(rows.min, first),
    "stddev": _stddev,
    "first": _first,
    "last": _last,
}
