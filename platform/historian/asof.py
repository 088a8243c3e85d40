"""As-of values: each sensor's last sample at or before a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.answers import AsOf
from historian.gaps import INTERVALS
from historian.ladder.known import ladders_of
from historian.ladder.rungs import COARSEST, Rung, measurement_of
from historian.nearby import read_nearby
from historian.planner import Ladder, spoken
from historian.readers import field_of, interval_ms_of
from historian.shown import shown_latest
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from kernel.times import DAY, EARLIEST, HOUR, TimeRange
from stores.redis.latest import Latest
from stores.timeseries import LADDER, Series, Timeseries, Window, select
from stores.timeseries.statements import EARLIEST_NS, NS_PER_MS
from web.pacing import note_read
from web.stores import reader, streams

# Of sensors without a whole ladder. Most values lie within the first step, so most requests touch one shard. The last
# step touches every shard that has one of the few sensors still missing; shards are a year long.
LOOK_BACK_MS = (DAY, 366 * DAY, None)
MANY = 100  # sensors of a site, from which on reading the whole site may be cheaper than naming them
AT_ONCE = 50  # sensors named in one statement: 1,000 take 67 ms by 50, and 490 ms all in one
STALE_MS = HOUR  # for a sensor whose interval is not known yet

NO_LADDERS: Mapping[str, Ladder] = {}
SiteSize = Callable[[str], int]  # how many sensors a site has


def as_of(tenant: TenantConnection, sensors: Sequence[Sensor], at_ms: int, now_ms: int) -> list[AsOf]:
    """The value of each sensor as of `at_ms`, in their order; the present comes from memory, the past from raw and,
    where it is older, from the ladder.

    A sample belongs to a moment if its time, rounded down to the ms, is not after it.
    """
    found: dict[str, Latest] = {}
    if at_ms >= now_ms:
        latest = streams().latest(tenant.prefix, [sensor.id for sensor in sensors])
        found = {id: sample for id, sample in latest.items() if sample.ms <= at_ms}
    missing = [sensor for sensor in sensors if sensor.id not in found]
    if missing:
        note_read(tenant)
        found |= look_back(reader(tenant), missing, at_ms, site_sizes(tenant), ladders_of(tenant, missing))
    return [value_of(sensor, found.get(sensor.id), at_ms) for sensor in sensors]


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
    for step in LOOK_BACK_MS if missing else ():
        end = Window.of(TimeRange(at_ms, at_ms + 1)).end
        start = EARLIEST_NS if step is None else Window.of(TimeRange(at_ms - step, at_ms)).start
        found |= _last(store, missing, Window(start, end), site_size)
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
    found = dict(_last(store, sensors, Window.of(TimeRange(edge, at_ms + 1)), site_size))
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
        found |= _last(store, some, Window.of(TimeRange(start, start + COARSEST.ms)), site_size)
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

    return _ask(store, sensors, statement, site_size)


def _last(store: Timeseries, sensors: Sequence[Sensor], window: Window, site_size: SiteSize) -> Mapping[str, Latest]:
    found: dict[str, Latest] = {}
    for id, series in read_last(store, sensors, window, 'GROUP BY "sensor"', site_size):
        t, value, quality = series.values[0]
        found[id] = Latest(t, value, quality or 0)
    return found


def read_last(
    store: Timeseries, sensors: Sequence[Sensor], window: Window, rest: str, site_size: SiteSize
) -> Iterator[tuple[str, Series]]:
    """Each sensor's series of time, last value and quality, all in one round trip; `rest` groups by sensor."""

    def statement(site: str, field: str, ids: Sequence[str]) -> str:
        return select(f'last("{field}"),"quality"', site, window, sensors=ids, rest=rest)

    return _ask(store, sensors, statement, site_size)


def _ask(
    store: Timeseries, sensors: Sequence[Sensor], statement: Callable[[str, str, Sequence[str]], str], size: SiteSize
) -> Iterator[tuple[str, Series]]:
    """One statement for each site and field, or for some sensors of it, whichever is cheaper; all in one round trip."""
    asked: list[tuple[Collection[str], str]] = []
    for (site, field), ids in by_site(sensors).items():
        if len(ids) > MANY and size(site) <= 2 * len(ids):
            asked.append((set(ids), statement(site, field, ())))
        else:
            named = [ids[place : place + AT_ONCE] for place in range(0, len(ids), AT_ONCE)]
            asked += [(some, statement(site, field, some)) for some in named]
    for (wanted, _), result in zip(asked, store.read([text for _, text in asked]), strict=True):
        yield from ((series.tags["sensor"], series) for series in result if series.tags["sensor"] in wanted)


def by_site(sensors: Sequence[Sensor]) -> dict[tuple[str, str], list[str]]:
    """Ids by site and the field that holds their values: what one statement can ask for."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sensor in sensors:
        groups[sensor.site, field_of(sensor)].append(sensor.id)
    return groups


def value_of(sensor: Sensor, sample: Latest | None, at_ms: int) -> AsOf:
    """The answer for one sensor. Pure."""
    if sample is None:
        return AsOf(sensor.id, reason="no data")
    sample = shown_latest(sensor, sample)
    age = at_ms - sample.ms
    stale = age > stale_after_ms(sensor)
    reason = None
    if sample.q == BAD:
        reason = "bad quality"
    elif stale:
        reason = f"no sample for {spoken(age)}"
    return AsOf(sensor.id, sample.ms, sample.v, sample.q, age, stale, reason)


def stale_after_ms(sensor: Sensor) -> float:
    """Age past which a value is no longer taken for the present one; of a sensor that reports changes it always is."""
    if sensor.sampling == "on_change":
        return float("inf")
    interval = interval_ms_of(sensor)
    return INTERVALS * interval if interval is not None else STALE_MS


def site_sizes(tenant: TenantConnection) -> SiteSize:
    """Counts the sensors of a site in the tenant's catalog."""
    return lambda site: sum(1 for sensor in snapshot_of(tenant).sensors.values() if sensor.site == site)
