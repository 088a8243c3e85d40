"""One tenant's ladder kept right: which marks are repaired next, and when they may be cleared."""

from __future__ import annotations

import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence

from catalog.models import Sensor
from catalog.snapshot import log_of, snapshot_of
from historian.ladder.horizons import LOCK, load_horizons
from historian.ladder.repair import Stores, extents, part_of, repair_buckets, repair_range
from historian.read.latest import refill_latest
from historian.read.sources import sources_of
from historian.rungs.rungs import ALL_TIME, BY_WIDTH, COARSEST, Rung, finest_for, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.redis.epochs import Position
from stores.redis.marks import Mark, SensorMarks
from web.pacing import Pace
from web.stores import documents, marks, writer

log = logging.getLogger(__name__)

COLLECTION, EPOCH = "ladder", "run"  # the document and its field, named so since 0.1
SENSORS_PER_TURN = 200
SENSORS_PER_GROUP = 50
GROUPS_PER_TURN = 50  # each some 20 ms: the latest, among them what closes now; then ranges have their share
MIN_RUNS_FOR_BULK = 20  # of one sensor, from which on building them together with what lies between may cost less
SAMPLES_PER_RUN = 5_000  # in bulk, in the time of a run by itself
PARTS_PER_TURN = 4  # of sensors with very many
Group = tuple[str, str, Rung, TimeRange]  # site, kind, finest rung, span: what one round trip repairs


class LadderBuilder:
    """Builds and repairs the ladder of one tenant. `turn` does a share of the work; only one worker does at a time."""

    def __init__(self, tenant: TenantConnection) -> None:
        self.tenant, self._pace = tenant, Pace(tenant)
        self._settled: tuple[str, Position] | None = None  # epoch and catalog for which every sensor has its ladder

    def turn(self, now_ms: int) -> bool:
        """Enroll sensors, then repair buckets that are due, then one part of a range. Whether there is more to do.

        Raises Unavailable if a store is down, or if another worker is at it (slug lock-busy).
        """
        with documents(self.tenant).exclusive(LOCK, wait_s=0) as lock:
            stores = Stores(sources_of(self.tenant).main, writer(self.tenant), lock.check)
            self._enroll(now_ms)
            near = self._repair_due(stores, now_ms)
            backfill = self._repair_backfill(stores, now_ms)
        return near or backfill

    # -- which sensors have a ladder

    def is_settled(self) -> bool:
        """Whether every sensor of the catalog as it is now has its ladder, and the marks are those of the rungs."""
        return self._seen() == self._settled

    def _seen(self) -> tuple[str, Position]:
        return marks().epoch(self.tenant.prefix), log_of(documents(self.tenant)).position()

    def _enroll(self, now_ms: int) -> None:
        """Sensors that may have a ladder get one. If the marks are not those of the stored rungs, all are rebuilt, and
        latest values, which lay beside the marks, too."""
        epoch, position = self._seen()
        if (epoch, position) == self._settled:
            return
        known = marks().enrolled(self.tenant.prefix) if epoch and epoch == self._kept_epoch() else None
        wanted = self.ladders(known or {})
        if wanted:
            marks().enroll(self.tenant.prefix, wanted, (ALL_TIME.start, ALL_TIME.end), now_ms)
        if known is None:
            log.warning("%s: the whole ladder is marked to be built again", self.tenant.slug)
            epoch = secrets.token_hex(8)
            load_horizons(self.tenant)
            refill_latest(self.tenant)
            self._keep_epoch(epoch)
            marks().set_epoch(self.tenant.prefix, epoch)
        self._settled = epoch, position

    def ladders(self, known: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
        """Finest width and recipe of the sensors that have no ladder yet, or one of another recipe."""
        wanted: dict[str, tuple[int, str]] = {}
        for sensor in snapshot_of(self.tenant).sensors.values():
            has = known.get(sensor.id)
            recipe = recipe_of(sensor)
            if has is not None and has[1] == recipe and has[0]:
                continue  # another interval alone moves no rung: that takes a rebuild
            finest = finest_for(sensor)
            ladder = (finest.ms if finest else 0, recipe)
            decided = finest is not None or sensor.interval_s is not None or has is not None
            if decided and has != ladder:
                wanted[sensor.id] = ladder
        return wanted

    def _kept_epoch(self) -> str:
        kept = documents(self.tenant).get(COLLECTION, EPOCH)
        return str(kept[EPOCH]) if kept else ""

    def _keep_epoch(self, epoch: str) -> None:
        database = documents(self.tenant)
        if database.get(COLLECTION, EPOCH) is None:
            database.insert(COLLECTION, {"_id": EPOCH, EPOCH: epoch})
        else:
            database.change(COLLECTION, EPOCH, lambda kept: {**kept, EPOCH: epoch})

    # -- buckets

    def _repair_due(self, stores: Stores, now_ms: int) -> bool:
        due = marks().due_buckets(self.tenant.prefix, now_ms, SENSORS_PER_TURN)
        horizons = marks().state(self.tenant.prefix, []).horizons
        groups: dict[Group, list[tuple[Sensor, tuple[Mark, ...]]]] = defaultdict(list)
        parts, more = PARTS_PER_TURN, False
        for sensor, found in self._marked(due, now_ms):
            finest = BY_WIDTH[found.finest]
            horizon = horizons.get(sensor.site, ALL_TIME.start)
            gone = [mark for mark in found.buckets if mark.start < horizon]
            closed = [mark for mark in found.buckets if horizon <= mark.start and mark.end <= now_ms]
            closed.sort(key=lambda mark: mark.start)
            if gone or not closed:
                marks().clear(self.tenant.prefix, sensor.id, found.finest, gone, now_ms=now_ms)
            runs = list(_runs(closed))
            if len(runs) > MIN_RUNS_FOR_BULK:
                runs = self._repair_many(stores, sensor, finest, runs, now_ms) if parts else runs[-MIN_RUNS_FOR_BULK:]
                parts, more = max(parts - 1, 0), True
            for run in runs:
                groups[sensor.site, sensor.kind, finest, TimeRange(run[0].start, run[-1].end)].append((sensor, run))
        latest = sorted(groups.items(), key=lambda group: -group[0][3].end)
        for (_, _, finest, span), members in latest[:GROUPS_PER_TURN]:
            for place in range(0, len(members), SENSORS_PER_GROUP):
                some = members[place : place + SENSORS_PER_GROUP]
                with self._pace.piece():
                    repair_buckets(stores, [sensor for sensor, _ in some], finest, span)
                for sensor, run in some:
                    marks().clear(self.tenant.prefix, sensor.id, finest.ms, buckets=run, now_ms=now_ms)
        return more or len(due) == SENSORS_PER_TURN or len(groups) > GROUPS_PER_TURN

    def _repair_many(
        self, stores: Stores, sensor: Sensor, finest: Rung, runs: list[tuple[Mark, ...]], now_ms: int
    ) -> list[tuple[Mark, ...]]:
        """Build the latest of very many runs together with what lies between them; those that are left."""
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
        self._bound(stores, endless, now_ms)
        return bool(sensors)

    def _bound(self, stores: Stores, endless: Sequence[tuple[Sensor, SensorMarks]], now_ms: int) -> None:
        """Marks of all time shrink to where there is anything."""
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
        """The latest part of what is marked, ranges that adjoin taken together: what is new is asked for more often."""
        horizon = marks().state(self.tenant.prefix, []).horizons.get(sensor.site, ALL_TIME.start)
        block = latest_block(found.ranges)
        if block.end > horizon:  # rows whose raw is gone stay as they are
            block = part_of(stores.reader, sensor, TimeRange(max(block.start, horizon), block.end))
            with self._pace.piece():
                repair_range(stores, sensor, BY_WIDTH[found.finest], COARSEST.around(block))
        ranges = [(mark, rest_of(mark, block.start)) for mark in found.ranges if mark.end > block.start]
        buckets = [each for each in found.buckets if block.start <= each.start and each.end <= block.end]
        marks().clear(self.tenant.prefix, sensor.id, found.finest, buckets, ranges, now_ms)

    def _marked(self, sensors: Sequence[str], now_ms: int) -> Iterator[tuple[Sensor, SensorMarks]]:
        """Sensors with their marks; those that are gone from the catalog are forgotten."""
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


def latest_block(ranges: Sequence[Mark]) -> TimeRange:
    """The last of the ranges and those that adjoin it, give or take a bucket of the coarsest rung."""
    latest = max(ranges, key=lambda mark: mark.end)
    start = latest.start
    for mark in sorted(ranges, key=lambda mark: -mark.end):
        if COARSEST.ceil(mark.end) >= COARSEST.floor(start):
            start = min(start, mark.start)
    return TimeRange(start, latest.end)


def rest_of(mark: Mark, start: int) -> tuple[int, int] | None:
    """What is left of a range that is built from `start` on."""
    return (mark.start, start) if mark.start < start else None


def _runs(closed: Sequence[Mark]) -> Iterator[tuple[Mark, ...]]:
    """Marked buckets that follow one another, some at a time."""
    run: list[Mark] = []
    for mark in closed:
        if run and (mark.start != run[-1].end or len(run) == 60):
            yield tuple(run)
            run = []
        run.append(mark)
    if run:
        yield tuple(run)
