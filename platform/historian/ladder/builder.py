"""Builds and repairs one tenant's ladder: which marks are repaired next, and when they may be cleared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import IntEnum

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.ladder.enrollment import Enrollment
from historian.ladder.horizons import LOCK
from historian.ladder.ranges import latest_block, rest_of, runs_of
from historian.ladder.repair import Stores, extents, part_of, repair_buckets, repair_range
from historian.read.sources import sources_of
from historian.rungs.rungs import ALL_TIME, BY_WIDTH, COARSEST, Rung, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.redis.marks import Mark, SensorMarks
from web.pacing import Pace
from web.stores import documents, marks, writer

SENSORS_PER_CYCLE = 200
SENSORS_PER_GROUP = 50
GROUPS_PER_CYCLE = (
    50  # about 20 ms each: the latest ones, such as buckets that have just closed; then ranges get a share
)
MIN_RUNS_FOR_BULK = 20  # of a sensor, from which it may pay to rebuild them together with the buckets in between
SAMPLES_PER_RUN = 5_000  # read in bulk in the time that a single run takes
PARTS_PER_CYCLE = 4  # of sensors with very many runs
Group = tuple[str, str, Rung, TimeRange]  # site, kind, finest rung and span that one round trip repairs


class Left(IntEnum):
    """What a turn leaves to do. Buckets may wait a little: what comes late until then is repaired with them."""

    nothing = 0
    buckets = 1
    ranges = 2


class LadderBuilder:
    """Builds and repairs the ladder of one tenant. `turn` does a share of the work, in one worker at a time."""

    def __init__(self, tenant: TenantConnection) -> None:
        self.tenant, self.enrollment, self._pace = tenant, Enrollment(tenant), Pace(tenant)

    def run_once(self, now_ms: int) -> Left:
        """Enroll sensors, then repair due buckets, then one part of a range. What is left to do.

        Raises Unavailable if a store is down, or another worker has the lock (slug lock-busy).
        """
        with documents(self.tenant).exclusive(LOCK, wait_s=0) as lock:
            stores = Stores(sources_of(self.tenant).main, writer(self.tenant), lock.check)
            self.enrollment.ensure(now_ms)
            near = self._repair_due(stores, now_ms)
            backfill = self._repair_backfill(stores, now_ms)
        return Left.ranges if backfill else Left.buckets if near else Left.nothing

    # -- buckets

    def _repair_due(self, stores: Stores, now_ms: int) -> bool:
        due = marks().due_buckets(self.tenant.prefix, now_ms, SENSORS_PER_CYCLE)
        horizons = marks().state(self.tenant.prefix, []).horizons
        groups: dict[Group, list[tuple[Sensor, tuple[Mark, ...]]]] = defaultdict(list)
        parts, more = PARTS_PER_CYCLE, False
        for sensor, found in self._marked(due, now_ms):
            finest = BY_WIDTH[found.finest]
            horizon = horizons.get(sensor.site, ALL_TIME.start)
            gone = [mark for mark in found.buckets if mark.start < horizon]
            closed = [mark for mark in found.buckets if horizon <= mark.start and mark.end <= now_ms]
            closed.sort(key=lambda mark: mark.start)
            if gone or not closed:
                marks().clear(self.tenant.prefix, sensor.id, found.finest, gone, now_ms=now_ms)
            runs = list(runs_of(closed))
            if len(runs) > MIN_RUNS_FOR_BULK:
                runs = self._repair_many(stores, sensor, finest, runs, now_ms) if parts else runs[-MIN_RUNS_FOR_BULK:]
                parts, more = max(parts - 1, 0), True
            for run in runs:
                groups[sensor.site, sensor.kind, finest, TimeRange(run[0].start, run[-1].end)].append((sensor, run))
        latest = sorted(groups.items(), key=lambda group: -group[0][3].end)
        for (_, _, finest, span), members in latest[:GROUPS_PER_CYCLE]:
            for place in range(0, len(members), SENSORS_PER_GROUP):
                some = members[place : place + SENSORS_PER_GROUP]
                with self._pace.piece():
                    repair_buckets(stores, [sensor for sensor, _ in some], finest, span)
                cleared = [(sensor.id, run) for sensor, run in some]
                marks().clear_buckets(self.tenant.prefix, finest.ms, cleared, now_ms)
        return more or len(due) == SENSORS_PER_CYCLE or len(groups) > GROUPS_PER_CYCLE

    def _repair_many(
        self, stores: Stores, sensor: Sensor, finest: Rung, runs: list[tuple[Mark, ...]], now_ms: int
    ) -> list[tuple[Mark, ...]]:
        """Rebuild the latest of very many runs together with the buckets in between. Returns the runs that are left."""
        span = COARSEST.around(TimeRange(runs[0][0].start, runs[-1][-1].end))
        part = part_of(stores.reader, sensor, span, SAMPLES_PER_RUN * len(runs))
        inside = [run for run in runs if run[0].start >= part.start]
        if 2 * len(inside) < len(runs):
            return runs
        with self._pace.piece():
            repair_range(stores, sensor, finest, part)
        done = [mark for run in inside for mark in run]
        marks().clear(self.tenant.prefix, sensor.id, finest.ms, buckets=done, now_ms=now_ms)
        return runs[: len(runs) - len(inside)]

    # -- ranges

    def _repair_backfill(self, stores: Stores, now_ms: int) -> bool:
        sensors = marks().backfill_ranges(self.tenant.prefix, now_ms, SENSORS_PER_GROUP)
        endless: list[tuple[Sensor, SensorMarks]] = []
        for sensor, found in self._marked(sensors, now_ms):
            if any(mark.end - mark.start >= ALL_TIME.width for mark in found.ranges):
                endless.append((sensor, found))
            elif not endless and found.ranges:
                self._repair_part(stores, sensor, found, now_ms)
                break
            elif not found.ranges:
                marks().clear(self.tenant.prefix, sensor.id, found.finest, now_ms=now_ms)
        self._shrink_to_data(stores, endless, now_ms)
        return bool(sensors)

    def _shrink_to_data(self, stores: Stores, endless: Sequence[tuple[Sensor, SensorMarks]], now_ms: int) -> None:
        """Shrink marks that span all time to where there are samples or rows."""
        by_site: dict[str, list[tuple[Sensor, SensorMarks]]] = defaultdict(list)
        for sensor, found in endless:
            by_site[sensor.site].append((sensor, found))
        for members in by_site.values():
            known = extents(stores.reader, [sensor for sensor, _ in members])
            for sensor, found in members:
                span = known.get(sensor.id)
                rest = (span.start, span.end) if span else None
                wide = [mark for mark in found.ranges if mark.end - mark.start >= ALL_TIME.width]
                ranges = [(mark, rest) for mark in wide]
                marks().clear(self.tenant.prefix, sensor.id, found.finest, ranges=ranges, now_ms=now_ms)

    def _repair_part(self, stores: Stores, sensor: Sensor, found: SensorMarks, now_ms: int) -> None:
        """Repair the latest part of the marked ranges, as recent data is queried most. Adjacent ranges count as one."""
        horizon = marks().state(self.tenant.prefix, []).horizons.get(sensor.site, ALL_TIME.start)
        block = latest_block(found.ranges)
        if block.end > horizon:  # rows without raw samples stay as they are
            block = part_of(stores.reader, sensor, TimeRange(max(block.start, horizon), block.end))
            with self._pace.piece():
                repair_range(stores, sensor, BY_WIDTH[found.finest], COARSEST.around(block))
        ranges = [(mark, rest_of(mark, block.start)) for mark in found.ranges if mark.end > block.start]
        buckets = [each for each in found.buckets if block.start <= each.start and each.end <= block.end]
        marks().clear(self.tenant.prefix, sensor.id, found.finest, buckets, ranges, now_ms)

    def _marked(self, sensors: Sequence[str], now_ms: int) -> Iterator[tuple[Sensor, SensorMarks]]:
        """Sensors with their marks; marks of deleted sensors are dropped."""
        known = snapshot_of(self.tenant).sensors
        gone = [id for id in sensors if id not in known]
        if gone:
            marks().drop(self.tenant.prefix, gone)
        wanted = [known[id] for id in sensors if id in known]
        if wanted:
            state = marks().state(self.tenant.prefix, [sensor.id for sensor in wanted])
            for sensor in wanted:
                found = state.sensors[sensor.id]
                if found.finest and found.kind == recipe_of(sensor):
                    yield sensor, found
