"""Compares the stored ladder with rows computed directly from raw samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from catalog.models import Sensor
from historian.ladder.repair import extents, part_of
from historian.read.raw import stream_raw
from historian.read.rows import COLUMNS, rows_of_values, rows_request
from historian.read.sources import sources_of
from historian.rungs.folding import RowsFold
from historian.rungs.rows import Rows
from historian.rungs.rungs import BY_WIDTH, COARSEST, Rung, recipe_of, rungs_from
from historian.rungs.sensors import is_text
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.redis.marks import SensorMarks
from stores.samples import SampleSource
from web.stores import marks

TOLERANCE = 1e-6  # of sums: rungs add in a different order
_EXACT = ("n", "n_bad", "tfirst", "tlast", "tmin", "tmax", "first", "last", "min", "max")
_SUMS = ("sum", "m2", "inc")


@dataclass(frozen=True, slots=True)
class Fault:
    """A bucket whose row does not match its samples."""

    sensor: str
    rung: str
    bucket: int
    what: str


def verify(tenant: TenantConnection, sensor: Sensor) -> Iterator[Fault]:
    """Faults in buckets that are not marked, newest first. A sensor without a ladder has none."""
    known = marks().state(tenant.prefix, [sensor.id])
    found, source = known.sensors[sensor.id], sources_of(tenant).main
    span = extents(source, [sensor]).get(sensor.id)
    if not found.finest or found.kind != recipe_of(sensor) or span is None:
        return
    start = max(span.start, COARSEST.ceil(known.horizons.get(sensor.site, span.start)))
    while span.end > start:
        part = COARSEST.around(part_of(source, sensor, TimeRange(start, span.end)))
        before = _faults(source, sensor, BY_WIDTH[found.finest], part)
        now = marks().state(tenant.prefix, [sensor.id]).sensors[sensor.id]
        yield from (fault for fault in before if not _is_marked(fault, found, now))
        found, span = now, replace(span, end=part.start)


def _faults(source: SampleSource, sensor: Sensor, finest: Rung, span: TimeRange) -> list[Fault]:
    columns, text = COLUMNS[sensor.kind], is_text(sensor)
    folds = {rung: RowsFold(rung.ms, sensor) for rung in rungs_from(finest)}
    for raw in stream_raw(source, sensor, span):
        for fold in folds.values():
            fold.add(raw)
    faults: list[Fault] = []
    for rung, fold in folds.items():
        wanted = fold.rows()
        [answer] = source.read([rows_request(rung, [sensor], span, columns)])
        stored = rows_of_values(answer.get(sensor.id), columns, text)
        stored = stored.take(stored.n + stored.n_bad > 0)
        missing = np.setdiff1d(wanted.t, stored.t).tolist()
        extra = np.setdiff1d(stored.t, wanted.t).tolist()
        faults += [Fault(sensor.id, rung.name, t, "the row is missing") for t in missing]
        faults += [Fault(sensor.id, rung.name, t, "the row has no samples") for t in extra]
        both = np.intersect1d(wanted.t, stored.t)
        faults += _unlike(sensor, rung, wanted.take(np.isin(wanted.t, both)), stored.take(np.isin(stored.t, both)))
    return faults


def _unlike(sensor: Sensor, rung: Rung, wanted: Rows, stored: Rows) -> list[Fault]:
    numbers: Sequence[str] = () if is_text(sensor) else ("tmin", "tmax", "min", "max", *_SUMS[:2])
    if sensor.kind == "counter":
        numbers = (*numbers, "inc")
    names = [name for name in (*_EXACT, *_SUMS) if name in numbers or name in ("n", "n_bad", "tfirst", "tlast")]
    faults = []
    full = wanted.n > 0
    for name in [*names, "first", "last"]:
        a, b = getattr(wanted, name)[full], getattr(stored, name)[full]
        same = np.isclose(a, b, rtol=TOLERANCE, atol=TOLERANCE) if name in _SUMS else a == b
        faults += [Fault(sensor.id, rung.name, int(t), f"{name} differs") for t in wanted.t[full][~same].tolist()]
    if wanted.held is not None and stored.held is not None:
        unlike = [k for k in range(len(wanted)) if wanted.n[k] and wanted.held[k] != stored.held[k]]
        faults += [Fault(sensor.id, rung.name, int(wanted.t[k]), "the time in states differs") for k in unlike]
    return faults


def _is_marked(fault: Fault, *known: SensorMarks) -> bool:
    rung = next(rung for rung in BY_WIDTH.values() if rung.name == fault.rung)
    end = fault.bucket + rung.ms
    return any(
        mark.start < end and mark.end > fault.bucket for found in known for mark in (*found.buckets, *found.ranges)
    )
