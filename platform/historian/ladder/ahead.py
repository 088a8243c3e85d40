"""Builds rows from samples while they are written in bulk, so that nobody has to read them back.

Only of sensors that have never had a sample, and as long as nobody else marks them: then what is stored is what the
writer has in memory. Everything else is left to the ladder's worker, for which the marks are there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.ladder.horizons import LOCK
from historian.ladder.repair import all_rungs, batches
from historian.rungs.folding import RowsFold
from historian.rungs.rungs import BY_WIDTH, COARSEST, Rung, recipe_of, rungs_from
from historian.rungs.sensors import is_text
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import EARLIEST, NS_PER_MS, TimeRange
from stores.redis.marks import LadderState, Mark, SensorMarks
from stores.samples import Raw
from stores.timeseries import LADDER
from stores.timeseries.stored import sensors_ever_stored
from web.stores import documents, marks, reader, writer

MIN_SAMPLES = 5_000  # that are built at a time, before the end
LATER_MS = 5_000  # what is still marked is the worker's if this writer goes no further by then


class Ahead:
    """One sensor's rows, ahead of the worker. `add` its samples once they are stored, then `store`."""

    def __init__(self, tenant: TenantConnection, sensor: Sensor, epoch: str, known: SensorMarks) -> None:
        self._tenant, self._sensor, self._epoch, self._known = tenant, sensor, epoch, known
        self._finest: Rung = BY_WIDTH[known.finest]
        self._fold = RowsFold(known.finest, sensor)
        self._times = known.times
        self._begin: int | None = None  # ms, of what is not built yet
        self._last, self._waiting = 0, 0  # ns; samples that are not built yet
        self.is_valid = True

    def note_mark(self) -> None:
        """The writer marked the sensor."""
        self._times += 1

    def add(self, raw: Raw) -> None:
        """Samples that follow the earlier ones; others end this."""
        if not self.is_valid or not len(raw):
            return
        ordered = (np.diff(raw.t) > 0).all() and (self._begin is None or raw.t[0] > self._last)
        self.is_valid = bool(ordered) and (raw.v.dtype == object) == is_text(self._sensor)
        if self.is_valid:
            if self._begin is None:
                self._begin = COARSEST.floor(int(raw.t_ms[0]))
            self._fold.add(raw)
            self._last = int(raw.t[-1])
            self._waiting += len(raw)

    def store(self, whole: bool = False, wait_s: float = 0.0) -> None:
        """Write the rows of what is complete, if it is enough, or at the end of everything, and clear its marks."""
        if not self.is_valid or self._begin is None or (self._waiting < MIN_SAMPLES and not whole):
            return
        last = self._last // NS_PER_MS
        span = TimeRange(self._begin, COARSEST.ceil(last + 1) if whole else COARSEST.floor(last))
        if span.width <= 0:
            return
        try:
            self._store(span, wait_s)
        except Unavailable as error:
            if error.problem != "lock-busy" or whole:
                self.is_valid = False

    def _store(self, span: TimeRange, wait_s: float) -> None:
        tenant, sensor = self._tenant, self._sensor
        with documents(tenant).exclusive(LOCK, wait_s=wait_s) as lock:
            state = marks().state(tenant.prefix, [sensor.id])
            if not self._is_alone(state, span):
                self.is_valid = False
                return
            rows = all_rungs(sensor, self._finest, self._fold.take_before(span.end))
            for lines in batches(sensor, rungs_from(self._finest), rows):
                lock.check()
                writer(tenant).write_lines(LADDER, lines, "ms")
            self._clear(state.sensors[sensor.id], span)
        self._begin, self._waiting = span.end, 0

    def _is_alone(self, state: LadderState, span: TimeRange) -> bool:
        """Whether the ladder is the one that it was, and nobody else has marked the sensor since."""
        known = state.sensors[self._sensor.id]
        same = (known.finest, known.kind, known.times) == (self._known.finest, self._known.kind, self._times)
        return same and state.epoch == self._epoch and state.horizons.get(self._sensor.site, EARLIEST) <= span.start

    def _clear(self, known: SensorMarks, span: TimeRange) -> None:
        """All marks are this writer's."""
        buckets = [mark for mark in known.buckets if span.start <= mark.start and mark.end <= span.end]
        ranges = [(mark, _beyond(mark, span.end)) for mark in known.ranges if span.start <= mark.start < span.end]
        later = time.time_ns() // NS_PER_MS + LATER_MS
        marks().clear(self._tenant.prefix, self._sensor.id, known.finest, buckets, ranges, later)


def _beyond(mark: Mark, end: int) -> tuple[int, int] | None:
    return (end, mark.end) if mark.end > end else None


def begin_ahead(tenant: TenantConnection, site: str, sensors: Sequence[str]) -> dict[str, Ahead]:
    """For those of a site's sensors that have a ladder, no marks and no samples. Call before any of these is marked
    and written.
    """
    catalog = snapshot_of(tenant).sensors
    state = marks().state(tenant.prefix, sensors)
    fitting = [id for id in sensors if id in catalog and state.epoch and _is_new(catalog[id], state.sensors[id])]
    stored = sensors_ever_stored(reader(tenant), site, fitting) if fitting else set()
    return {id: Ahead(tenant, catalog[id], state.epoch, state.sensors[id]) for id in fitting if id not in stored}


def _is_new(sensor: Sensor, known: SensorMarks) -> bool:
    is_marked = bool(known.buckets or known.ranges)
    return bool(known.finest) and not is_marked and known.kind == recipe_of(sensor)
