"""Reading what plans say, of many sensors in one round trip: rows of rungs and raw samples, as rows of one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TypeVar

from catalog.models import Sensor
from historian.read.counting import ensure_readable
from historian.read.dense import MAX_WHOLE, read_bounded, width_of_rows
from historian.read.initial_value import InitialValue, initial_value_of, initial_value_statements
from historian.read.planner import ROWS, Ladder, Piece, Plan, expected_samples, plan_raw
from historian.read.raw import raw_of, select_raw
from historian.read.rows import rows_of_series, select_rows
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Rows, joined
from historian.rungs.rungs import Rung
from historian.rungs.samples import Raw
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw, shown_rows
from kernel.samples import BAD
from kernel.times import TimeRange
from stores.timeseries import Series, Timeseries

CONCURRENCY = 4  # to InfluxDB at once, for one query
MARGIN = 100
MIN_SENSORS_FOR_SPLIT = 4  # sensors from which on more than one request pays
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Reading:
    """A sensor's range as it was read: filled rows, ascending, where one raw sample is a row of its own.

    `rung` is the width of the widest rows; None where all are samples. Very many samples are rows of a rung `raw`.
    `before` is the last usable sample before the range, of sensors that hold their value. `bad` counts what is in no
    row, being of bad quality.
    """

    rows: Rows
    plan: Plan
    rung: Rung | None
    before: Raw
    bad: int

    @property
    def samples(self) -> int:
        return int(self.rows.n.sum())


@dataclass(frozen=True, slots=True)
class Asked:
    """One sensor's part of a query. `columns` are those of its rows that are wanted."""

    sensor: Sensor
    plan: Plan
    columns: Sequence[str]
    with_initial_value: bool  # the last usable sample before the range
    ladder: Ladder | None


def read(store: Timeseries, asked: Sequence[Asked], span: TimeRange) -> list[Reading]:
    """Every sensor's rows, and once more from raw where a range holds so few samples that rows say less.

    Raises BadRequest where a sensor without a ladder has too many samples.
    """
    some = -(-len(asked) // CONCURRENCY) if len(asked) >= MIN_SENSORS_FOR_SPLIT else len(asked)
    parts = [asked[place : place + some] for place in range(0, len(asked), max(some, 1))]
    found = [each for part in _all(lambda part: _found(store, part, span), parts) for each in part]
    _read_bulk(store, found)
    return [each.reading() for each in found]


def _found(store: Timeseries, asked: Sequence[Asked], span: TimeRange) -> list[_Found]:
    """All that does not need to be read in bulk, by one request."""
    statements: list[str] = []
    for each in asked:
        statements += [_statement(each, piece) for piece in each.plan.pieces if not _is_bulk(each, piece)]
        if each.with_initial_value:
            statements += initial_value_statements(each.sensor, span, each.ladder)
    answers = iter(store.read(statements) if statements else [])
    return [_Found.of(each, answers, span) for each in asked]


def _all(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """InfluxDB works on one request with one core, so several go at once."""
    if len(parts) <= 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(min(len(parts), CONCURRENCY)) as pool:
        running = [pool.submit(copy_context().run, work, part) for part in parts]  # all for the same request
        return [each.result() for each in running]


@dataclass(slots=True)
class _Found:
    asked: Asked
    parts: list[Rows | Raw | None]  # by piece; None: it has to be read in bulk
    initial: InitialValue

    @classmethod
    def of(cls, asked: Asked, answers: Iterator[list[Series]], span: TimeRange) -> _Found:
        parts = [None if _is_bulk(asked, piece) else _part(asked, piece, next(answers)) for piece in asked.plan.pieces]
        before: list[list[Series]] = []
        if asked.with_initial_value:
            before = [next(answers) for _ in initial_value_statements(asked.sensor, span, asked.ladder)]
        return cls(asked, parts, initial_value_of(asked.sensor, before, asked.ladder))

    def read_bulk(self, store: Timeseries, place: int, limit: int) -> Raw | Rows:
        span = self.asked.plan.pieces[place].span
        with_states = "states" in self.asked.columns
        return read_bounded(store, self.asked.sensor, span, limit, with_states, self._width(span))

    def _width(self, span: TimeRange) -> int:
        """Of rows that stand for very many samples: those of the ladder where there are others beside them."""
        asked = self.asked
        return asked.ladder.finest.ms if asked.plan.rung and asked.ladder else width_of_rows(span)

    @property
    def _rung(self) -> Rung | None:
        pieces = self.asked.plan.pieces
        if self.asked.plan.rung is None and any(isinstance(part, Rows) for part in self.parts):
            return Rung("raw", max(self._width(piece.span) for piece in pieces))
        return self.asked.plan.rung

    def reading(self) -> Reading:
        sensor = self.asked.sensor
        text, bad, rows = is_text(sensor), 0, []
        for part in self.parts:
            if isinstance(part, Rows):
                bad += int(part.n_bad.sum())
                rows.append(shown_rows(sensor, part.filled()))
            elif part is not None:
                bad += int((part.q == BAD).sum())
                rows.append(rows_of_each(shown_raw(sensor, part), with_states="states" in self.asked.columns))
        before = shown_raw(sensor, self.initial.sample)
        return Reading(joined(rows, text), self.asked.plan, self._rung, before, bad)


def _is_bulk(asked: Asked, piece: Piece) -> bool:
    expected = expected_samples(piece.span, interval_ms_of(asked.sensor))
    return piece.rung is None and expected is not None and expected > ROWS


def _statement(asked: Asked, piece: Piece) -> str:
    if piece.rung is None:
        return select_raw(asked.sensor, piece.span, f"LIMIT {_limit(asked, piece) + 1}")
    return select_rows(piece.rung, [asked.sensor], piece.span, asked.columns)


def _limit(asked: Asked, piece: Piece) -> int:
    """Samples that come by msgpack: of a sensor that reports far more often than it says, few in vain."""
    expected = expected_samples(piece.span, interval_ms_of(asked.sensor))
    return ROWS if expected is None else min(2 * int(expected) + MARGIN, ROWS)


def _part(asked: Asked, piece: Piece, result: list[Series]) -> Rows | Raw | None:
    """None: there are more samples than the sensor's interval promised."""
    text = is_text(asked.sensor)
    if piece.rung is not None:
        return rows_of_series(result[0] if result else None, asked.columns, text)
    rows = result[0].values if result else []
    return raw_of(rows, text) if len(rows) <= _limit(asked, piece) else None


def _read_bulk(store: Timeseries, found: Iterable[_Found]) -> None:
    """What is missing, streamed; first counted, if the sensor has no ladder that would answer instead."""
    missing = [(each, place) for each in found for place, part in enumerate(each.parts) if part is None]
    free = [(each.asked.sensor, each.asked.plan.pieces[place].span) for each, place in missing if not each.asked.ladder]
    if free:
        ensure_readable(store, [sensor for sensor, _ in free], free[0][1])
    limit = max(MAX_WHOLE // max(len(missing), 1), ROWS)
    answers = _all(lambda at: at[0].read_bulk(store, at[1], limit), missing)
    for (each, place), raw in zip(missing, answers, strict=True):
        each.parts[place] = raw


def raw_instead(
    store: Timeseries, asked: Sequence[Asked], readings: Sequence[Reading], points: int, span: TimeRange
) -> dict[int, Asked]:
    """By place, where rows of a rung stand for no more samples than may be shown: the samples themselves say more.

    Of rows that are behind it has to be looked whether there really are so few.
    """
    few, unsure = {}, []
    for place, (each, reading) in enumerate(zip(asked, readings, strict=True)):
        gone = each.ladder is not None and span.start < each.ladder.raw_from
        if each.plan.rung is None or gone or reading.samples > points or (each.plan.complete and not reading.samples):
            continue
        few[place] = replace(each, plan=plan_raw(span))
        if not each.plan.complete:
            unsure.append(place)
    if unsure:
        statements = [select_raw(asked[place].sensor, span, f"LIMIT 1 OFFSET {points}") for place in unsure]
        for place, more in zip(unsure, store.read(statements), strict=True):
            if more:
                del few[place]
    return few


Ladders = Mapping[str, Ladder]
