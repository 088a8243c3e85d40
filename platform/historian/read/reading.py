"""Executes query plans for many sensors in one round trip. Rung rows and raw samples are returned in one form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.models import Sensor
from historian.read import sources as at
from historian.read.concurrency import concurrently
from historian.read.counting import ensure_readable
from historian.read.dense import MAX_WHOLE, read_bounded, width_of_rows
from historian.read.initial_value import initial_value_of, initial_value_requests
from historian.read.plan import RAW, Piece, Plan
from historian.read.planner import ROWS, Ladder, expected_samples, plan_raw
from historian.read.raw import part_of_sensor, samples_of
from historian.read.rows import rows_of_values, rows_request
from historian.read.sources import Sources
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Rows, joined
from historian.rungs.rungs import Rung
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw, shown_rows
from kernel.samples import BAD
from kernel.times import TimeRange
from stores.samples import HasMore, Raw, Request, Window

MARGIN = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """A sensor's range as it was read: non-empty rows, ascending, in which each raw sample is a row of its own.

    `rung`: width of the widest rows; None if all are samples. Very many samples are returned as rows of a rung `raw`.
    `before`: the last usable sample before the range, for sensors that hold their value. `bad`: number of samples of
    bad quality, which are in no row.
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
class SensorQuery:
    """One sensor's part of a query. `columns`: the row columns that are needed. `if_many`: the plan in place of one of
    samples, if there are more than ROWS of them."""

    sensor: Sensor
    plan: Plan
    columns: Sequence[str]
    with_initial_value: bool  # the last usable sample before the range
    ladder: Ladder | None
    if_many: Plan | None = None


def read(sources: Sources, queries: Sequence[SensorQuery], span: TimeRange) -> list[Reading]:
    """Every sensor's rows, each piece of its plan read from its source.

    Raises BadRequest if a sensor without a ladder has too many samples.
    """
    found = _read_parts(sources, queries, span)
    again = {
        place: replace(each.query, plan=each.query.if_many, if_many=None)
        for place, each in enumerate(found)
        if each.query.if_many is not None and None in each.parts
    }
    if again:
        for place, other in zip(again, _read_parts(sources, list(again.values()), span), strict=True):
            found[place] = other
    _read_bulk(sources, found)
    return [each.reading() for each in found]


def _read_parts(sources: Sources, queries: Sequence[SensorQuery], span: TimeRange) -> list[_PartialReading]:
    """Everything that need not be read in bulk."""
    requests: list[at.SourceRequest] = []
    before: list[list[at.SourceRequest]] = []
    for each in queries:
        requests += [(piece.source, _request(each, piece)) for piece in each.plan.pieces if not _is_bulk(each, piece)]
        before.append([])
        if each.with_initial_value:
            before[-1] = initial_value_requests(each.sensor, span, each.ladder, sources.tiers)
        requests += before[-1]
    answers = iter(sources.read(requests))
    return [_PartialReading.of(each, initial, answers) for each, initial in zip(queries, before, strict=True)]


@dataclass(slots=True)
class _PartialReading:
    query: SensorQuery
    parts: list[Rows | Raw | None]  # by piece; None: to be read in bulk
    initial: Raw

    @classmethod
    def of(cls, query: SensorQuery, initial: Sequence[at.SourceRequest], answers: Iterator[Any]) -> _PartialReading:
        parts = [None if _is_bulk(query, piece) else _part(query, piece, next(answers)) for piece in query.plan.pieces]
        before = [next(answers) for _ in initial]
        return cls(query, parts, initial_value_of(query.sensor, initial, before))

    def read_bulk(self, sources: Sources, place: int, limit: int) -> Raw | Rows:
        piece, with_states = self.query.plan.pieces[place], "states" in self.query.columns
        return read_bounded(sources, self.query.sensor, piece, limit, with_states, self._width(piece.span))

    def _width(self, span: TimeRange) -> int:
        """Width of the rows that replace very many samples: that of the neighbouring rung's rows, if any."""
        query = self.query
        return query.ladder.finest.ms if query.plan.rung and query.ladder else width_of_rows(span)

    @property
    def _rung(self) -> Rung | None:
        pieces = self.query.plan.pieces
        if self.query.plan.rung is None and any(isinstance(part, Rows) for part in self.parts):
            return Rung(RAW.name, max(self._width(piece.span) for piece in pieces))
        return self.query.plan.rung

    def reading(self) -> Reading:
        sensor = self.query.sensor
        text, bad, rows = is_text(sensor), 0, []
        for part in self.parts:
            if isinstance(part, Rows):
                bad += int(part.n_bad.sum())
                rows.append(shown_rows(sensor, part.filled()))
            elif part is not None:
                bad += int((part.q == BAD).sum())
                rows.append(rows_of_each(shown_raw(sensor, part), with_states="states" in self.query.columns))
        return Reading(joined(rows, text), self.query.plan, self._rung, shown_raw(sensor, self.initial), bad)


def _is_bulk(query: SensorQuery, piece: Piece) -> bool:
    expected = expected_samples(piece.span, interval_ms_of(query.sensor))
    return piece.rung is None and expected is not None and expected > ROWS


def _request(query: SensorQuery, piece: Piece) -> Request[Any]:
    if piece.rung is None:
        return samples_of(query.sensor, piece.span, _limit(query, piece))
    return rows_request(piece.rung, [query.sensor], piece.span, query.columns)


def _limit(query: SensorQuery, piece: Piece) -> int:
    """Limit of samples read together: few are wasted if a sensor reports far more often than its interval says."""
    expected = expected_samples(piece.span, interval_ms_of(query.sensor))
    return ROWS if expected is None else min(2 * int(expected) + MARGIN, ROWS)


def _part(query: SensorQuery, piece: Piece, answer: dict[str, Any]) -> Rows | Raw | None:
    """The rows of a piece; None: there are more samples than expected from the sensor's interval."""
    if piece.rung is not None:
        return rows_of_values(answer.get(query.sensor.id), query.columns, is_text(query.sensor))
    part = part_of_sensor(answer, query.sensor)
    return part.samples if part.resume is None else None


def _read_bulk(sources: Sources, found: Iterable[_PartialReading]) -> None:
    """Stream what is missing; count it first if the sensor has no ladder."""
    missing = [(each, place) for each in found for place, part in enumerate(each.parts) if part is None]
    free = {each.query.sensor.id: each.query for each, _ in missing if not each.query.ladder}
    if free:
        pieces = [piece.span for query in free.values() for piece in query.plan.pieces]
        whole = TimeRange(min(span.start for span in pieces), max(span.end for span in pieces))
        ensure_readable(sources, [query.sensor for query in free.values()], whole)
    limit = max(MAX_WHOLE // max(len(missing), 1), ROWS)
    answers = concurrently(lambda at: at[0].read_bulk(sources, at[1], limit), missing)
    for (each, place), raw in zip(missing, answers, strict=True):
        each.parts[place] = raw


def raw_instead(
    sources: Sources, queries: Sequence[SensorQuery], readings: Sequence[Reading], points: int, span: TimeRange
) -> dict[int, SensorQuery]:
    """Replace rows by raw samples, by position, where they have no more samples than can be shown.

    For rows that lag behind, the number of samples has to be checked.
    """
    few, unsure = {}, []
    for place, (each, reading) in enumerate(zip(queries, readings, strict=True)):
        gone = each.ladder is not None and span.start < each.ladder.raw_from
        if each.plan.rung is None or gone or reading.samples > points or (each.plan.complete and not reading.samples):
            continue
        few[place] = replace(each, plan=plan_raw(span, sources.tiers))
        if not each.plan.complete:
            unsure.append(place)
    if unsure:
        requests = [
            (piece.source, HasMore(sensor.site, is_text(sensor), sensor.id, Window.of(piece.span), points))
            for sensor, piece in (
                (queries[place].sensor, piece) for place in unsure for piece in few[place].plan.pieces
            )
        ]
        answers = iter(sources.read(requests))
        for place in unsure:
            if any([next(answers) for _ in few[place].plan.pieces]):
                del few[place]
    return few
