"""The initial value of a range: the last usable sample before it, for a sensor that holds its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.models import Sensor
from historian.read.plan import Tier, pieces_of_samples, rows_of
from historian.read.planner import Ladder
from historian.read.raw import samples_of
from historian.read.rows import rows_request
from historian.read.sources import SourceRequest
from historian.rungs.rungs import COARSEST, Rung
from historian.rungs.sensors import hold_limit_of, is_text
from kernel.times import EARLIEST, NS_PER_MS, TimeRange
from stores.samples import Raw, RowColumns, SampleRange, no_samples, raw_of


def holds_value(sensor: Sensor) -> bool:
    """A continuous signal has no value between its samples."""
    return sensor.kind != "continuous"


def initial_value_requests(
    sensor: Sensor, span: TimeRange, ladder: Ladder | None, tiers: Sequence[Tier] = ()
) -> list[SourceRequest]:
    """Requests for the initial value. A counter or a value reported on change is held indefinitely, a periodic one for
    three intervals.

    Searching all of raw would open every shard: raw is searched back to the start of the coarsest rung's bucket, and
    that rung before it; the finest rung replaces raw where that has been deleted.
    """
    limit = hold_limit_of(sensor)
    if limit is not None and sensor.kind != "counter":
        return _raw(sensor, TimeRange(span.start - limit, span.start), tiers)
    edge = COARSEST.floor(span.start)
    if ladder is None or any(mark.start < edge for mark in ladder.marked):
        if ladder is None or not ladder.is_raw_gone:
            return _raw(sensor, TimeRange(EARLIEST, span.start), tiers)
        edge = min(edge, ladder.raw_from)
    requests = _raw(sensor, TimeRange(edge, span.start), tiers)
    finest = ladder.finest
    if edge < ladder.raw_from and edge < finest.floor(span.start):
        requests.append(_rows(sensor, finest, TimeRange(edge, finest.floor(span.start))))
    return [*requests, _rows(sensor, COARSEST, TimeRange(EARLIEST - COARSEST.ms, edge))]


def initial_value_of(sensor: Sensor, requests: Sequence[SourceRequest], answers: Sequence[Any]) -> Raw:
    """The initial value that the requests found, if any: raw takes precedence over rows."""
    raw = earlier = no_samples(is_text(sensor))
    for (_, request), answer in zip(requests, answers, strict=True):
        found = answer.get(sensor.id)
        if not found:
            continue
        if not isinstance(request, SampleRange):
            earlier = earlier if len(earlier) else _last_of_row(sensor, found)
        elif len(found.samples):
            raw = found.samples  # the last of several sources has the latest sample
    return raw if len(raw) else earlier


def _last_of_row(sensor: Sensor, row: RowColumns) -> Raw:
    """Nothing if the row was written when the sensor had another kind."""
    value, offset = row.columns
    if value[0] is None or value[0] != value[0]:
        return no_samples(is_text(sensor))
    return raw_of([[int(row.t[0]) + int(offset[0]) * NS_PER_MS, value[0], 0]], is_text(sensor))


def _raw(sensor: Sensor, span: TimeRange, tiers: Sequence[Tier]) -> list[SourceRequest]:
    return [
        (piece.source, samples_of(sensor, piece.span, 1, newest=True, usable=True))
        for piece in pieces_of_samples(span, tiers)
    ]


def _rows(sensor: Sensor, rung: Rung, span: TimeRange) -> SourceRequest:
    columns = ("last_s", "tlast") if is_text(sensor) else ("last", "tlast")
    return rows_of(rung), rows_request(rung, [sensor], span, columns, filled="usable", last=True)
