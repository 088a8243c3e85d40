"""Looking back for the last sample before a moment: in raw samples first, then in the ladder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.models import Sensor
from historian.asof.nearby import read_nearby
from historian.read.last import SiteSize, read_each, read_last
from historian.read.planner import NO_LADDERS, Ladder
from historian.rungs.rungs import COARSEST, Rung, measurement_of
from kernel.times import DAY, EARLIEST, TimeRange
from stores.redis.latest import Latest
from stores.timeseries import LADDER, Series, Timeseries, Window, select
from stores.timeseries.statements import EARLIEST_NS, NS_PER_MS

# Of sensors without a whole ladder. Most values lie within the first step, so most requests touch one shard. The last
# step touches every shard that has one of the few sensors still missing; shards are a year long.
LOOK_BACK_STEPS_MS = (DAY, 366 * DAY, None)


def look_back(
    store: Timeseries,
    sensors: Iterable[Sensor],
    at_ms: int,
    site_size: SiteSize = lambda site: 0,
    ladders: Mapping[str, Ladder] = NO_LADDERS,
) -> dict[str, Latest]:
    """The last sample at or before a moment, of each sensor that has one."""
    wanted = list(sensors)
    found = read_nearby(store, wanted, at_ms)
    missing = [sensor for sensor in wanted if sensor.id not in found]
    edge = COARSEST.floor(at_ms)
    by_ladder = [sensor for sensor in missing if _is_whole(ladders.get(sensor.id), edge)]
    if by_ladder:
        found |= _by_ladder(store, by_ladder, at_ms, ladders, site_size)
        known = {sensor.id for sensor in by_ladder}
        missing = [sensor for sensor in missing if sensor.id not in known]
    for step in LOOK_BACK_STEPS_MS if missing else ():
        end = Window.of(TimeRange(at_ms, at_ms + 1)).end
        start = EARLIEST_NS if step is None else Window.of(TimeRange(at_ms - step, at_ms)).start
        found |= last_in_raw(store, missing, Window(start, end), site_size)
        missing = [sensor for sensor in missing if sensor.id not in found]
        if not missing:
            break
    gone = [each for each in wanted if each.id not in found and each.id in ladders and ladders[each.id].is_raw_gone]
    return found | _without_raw(store, gone, at_ms, ladders, site_size) if gone else found


def _is_whole(ladder: Ladder | None, edge: int) -> bool:
    return ladder is not None and not any(mark.start < edge for mark in ladder.marked)


def _by_ladder(
    store: Timeseries, sensors: Sequence[Sensor], at_ms: int, ladders: Mapping[str, Ladder], site_size: SiteSize
) -> dict[str, Latest]:
    """Raw to the start of the coarsest rung's bucket, then that rung: its last row that is not empty.

    Where that row holds bad samples too, the last of all is looked for in raw.
    """
    edge = COARSEST.floor(at_ms)
    found = dict(last_in_raw(store, sensors, Window.of(TimeRange(edge, at_ms + 1)), site_size))
    missing: dict[int, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        if sensor.id not in found and ladders[sensor.id].raw_from < edge:
            missing[ladders[sensor.id].raw_from].append(sensor)
    mixed: dict[int, list[Sensor]] = defaultdict(list)
    for raw_from, some in missing.items():
        by_id = {sensor.id: sensor for sensor in some}
        rows = TimeRange(raw_from if raw_from > EARLIEST else EARLIEST - COARSEST.ms, edge)
        for id, series in _last_rows(store, some, COARSEST, rows, '("n" > 0 OR "n_bad" > 0)', site_size):
            t, value, offset, n_bad = series.values[0]
            if n_bad:
                mixed[t // NS_PER_MS].append(by_id[id])
            else:
                found[id] = Latest(t + offset * NS_PER_MS, value)
    for start, some in mixed.items():
        found |= last_in_raw(store, some, Window.of(TimeRange(start, start + COARSEST.ms)), site_size)
    return found


def _without_raw(
    store: Timeseries, sensors: Sequence[Sensor], at_ms: int, ladders: Mapping[str, Ladder], site_size: SiteSize
) -> dict[str, Latest]:
    """The last usable sample of a bucket that was over by then, of a time whose samples are gone."""
    found: dict[str, Latest] = {}
    groups: dict[tuple[Rung, int], list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        ladder = ladders[sensor.id]
        groups[ladder.finest, min(ladder.raw_from, at_ms + 1)].append(sensor)
    for (finest, end), some in groups.items():
        edge = COARSEST.floor(end - 1)
        for rung, rows in (
            (finest, TimeRange(edge, finest.floor(end))),
            (COARSEST, TimeRange(EARLIEST - COARSEST.ms, edge)),
        ):
            missing = [sensor for sensor in some if sensor.id not in found]
            if missing and rows.width > 0:
                for id, series in _last_rows(store, missing, rung, rows, '"n" > 0', site_size):
                    t, value, offset, _ = series.values[0]
                    found[id] = Latest(t + offset * NS_PER_MS, value)
    return found


def _last_rows(
    store: Timeseries, sensors: Sequence[Sensor], rung: Rung, span: TimeRange, where: str, site_size: SiteSize
) -> Iterator[tuple[str, Series]]:
    """Of each sensor a rung's last row of those: its start, last value with offset, bad samples."""

    def statement(site: str, field: str, ids: Sequence[str]) -> str:
        columns = f'last("{"last_s" if field == "text" else "last"}"),"tlast","n_bad"'
        name, window = measurement_of(site, rung), Window.of(span)
        return select(columns, name, window, sensors=ids, policy=LADDER, where=where, rest='GROUP BY "sensor"')

    return read_each(store, sensors, statement, site_size)


def last_in_raw(
    store: Timeseries, sensors: Sequence[Sensor], window: Window, site_size: SiteSize
) -> Mapping[str, Latest]:
    found: dict[str, Latest] = {}
    for id, series in read_last(store, sensors, window, 'GROUP BY "sensor"', site_size):
        t, value, quality = series.values[0]
        found[id] = Latest(t, value, quality or 0)
    return found
