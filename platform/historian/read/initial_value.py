"""The initial value of a range: the last usable sample before it, of a sensor that holds its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.models import Sensor
from historian.read.plan import Tier, pieces_of_samples, rows_of
from historian.read.planner import Ladder
from historian.read.raw import samples_of
from historian.read.rows import rows_request
from historian.read.sources import Asked
from historian.rungs.rungs import COARSEST, Rung
from historian.rungs.sensors import hold_limit_of, is_text
from kernel.times import EARLIEST, NS_PER_MS, TimeRange
from stores.samples import Raw, SampleRange, no_samples, raw_of


def holds_value(sensor: Sensor) -> bool:
    """A continuous signal has no value between its samples."""
    return sensor.kind != "continuous"


def initial_value_requests(
    sensor: Sensor, span: TimeRange, ladder: Ladder | None, tiers: Sequence[Tier] = ()
) -> list[Asked]:
    """A counter's value or a reported change holds for as long as it takes, what is sampled at an interval for three.

    How far back is not known, and to search all of raw would open every shard: raw is searched to the start of the
    coarsest rung's bucket, and from there on that rung; where raw is gone, the finest rung stands in for it.
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


def initial_value_of(sensor: Sensor, requests: Sequence[Asked], answers: Sequence[Any]) -> Raw:
    """What the requests found, one sample or none: the last one of raw if there is any, else of the first row."""
    raw, rows = no_samples(is_text(sensor)), []
    for (_, request), answer in zip(requests, answers, strict=True):
        found = answer.get(sensor.id)
        if not found:
            continue
        if not isinstance(request, SampleRange):
            rows += found
        elif len(found.samples):
            raw = found.samples  # of several sources the last one is the latest
    if not len(raw) and rows:
        t, value, offset = rows[0]
        return raw_of([[t + offset * NS_PER_MS, value, 0]], is_text(sensor))
    return raw


def _raw(sensor: Sensor, span: TimeRange, tiers: Sequence[Tier]) -> list[Asked]:
    return [
        (piece.source, samples_of(sensor, piece.span, 1, newest=True, usable=True))
        for piece in pieces_of_samples(span, tiers)
    ]


def _rows(sensor: Sensor, rung: Rung, span: TimeRange) -> Asked:
    columns = ("last_s", "tlast") if is_text(sensor) else ("last", "tlast")
    return rows_of(rung), rows_request(rung, [sensor], span, columns, filled="usable", last=True)
