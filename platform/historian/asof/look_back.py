"""Finds the last sample before a moment: in raw samples first, then in the ladder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.models import Sensor
from historian.asof.nearby import read_nearby
from historian.read.last import SiteSize, by_site, read_last, size_if_many
from historian.read.planner import NO_LADDERS, Ladder
from historian.rungs.rungs import COARSEST, Rung
from kernel.times import DAY, EARLIEST, NS_PER_MS, TimeRange
from stores.redis.latest import Latest
from stores.samples import EARLIEST_NS, Filled, LastRows, SampleSource, Window

# For sensors without a complete ladder. Most values are within the first step, so most requests touch one shard. The
# last step touches every shard that has one of the few sensors still missing; shards are a year long.
LOOK_BACK_STEPS_MS = (DAY, 366 * DAY, None)


def look_back(
    source: SampleSource,
    sensors: Iterable[Sensor],
    at_ms: int,
    site_size: SiteSize = lambda site: 0,
    ladders: Mapping[str, Ladder] = NO_LADDERS,
) -> dict[str, Latest]:
    """The last sample at or before a moment, for each sensor that has one."""
    wanted = list(sensors)
    found = read_nearby(source, wanted, at_ms)
    missing = [sensor for sensor in wanted if sensor.id not in found]
    edge = COARSEST.floor(at_ms)
    by_ladder = [sensor for sensor in missing if _is_whole(ladders.get(sensor.id), edge)]
    if by_ladder:
        found |= _by_ladder(source, by_ladder, at_ms, ladders, site_size)
        known = {sensor.id for sensor in by_ladder}
        missing = [sensor for sensor in missing if sensor.id not in known]
    for step in LOOK_BACK_STEPS_MS if missing else ():
        end = Window.of(TimeRange(at_ms, at_ms + 1)).end
        start = EARLIEST_NS if step is None else Window.of(TimeRange(at_ms - step, at_ms)).start
        found |= last_in_raw(source, missing, Window(start, end), site_size)
        missing = [sensor for sensor in missing if sensor.id not in found]
        if not missing:
            break
    gone = [each for each in wanted if each.id not in found and each.id in ladders and ladders[each.id].is_raw_gone]
    return found | _without_raw(source, gone, at_ms, ladders, site_size) if gone else found


def _is_whole(ladder: Ladder | None, edge: int) -> bool:
    return ladder is not None and not any(mark.start < edge for mark in ladder.marked)


def _by_ladder(
    source: SampleSource, sensors: Sequence[Sensor], at_ms: int, ladders: Mapping[str, Ladder], site_size: SiteSize
) -> dict[str, Latest]:
    """Search raw back to the start of the coarsest rung's bucket, then that rung for its last non-empty row.

    If that row has bad samples, too, its last sample is looked up in raw.
    """
    edge = COARSEST.floor(at_ms)
    found = dict(last_in_raw(source, sensors, Window.of(TimeRange(edge, at_ms + 1)), site_size))
    missing: dict[int, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        if sensor.id not in found and ladders[sensor.id].raw_from < edge:
            missing[ladders[sensor.id].raw_from].append(sensor)
    mixed: dict[int, list[Sensor]] = defaultdict(list)
    for raw_from, some in missing.items():
        by_id = {sensor.id: sensor for sensor in some}
        rows = TimeRange(raw_from if raw_from > EARLIEST else EARLIEST - COARSEST.ms, edge)
        for id, (t, value, offset, n_bad) in _last_rows(source, some, COARSEST, rows, "any", site_size):
            if n_bad:
                mixed[t // NS_PER_MS].append(by_id[id])
            else:
                found[id] = Latest(t + offset * NS_PER_MS, value)
    for start, some in mixed.items():
        found |= last_in_raw(source, some, Window.of(TimeRange(start, start + COARSEST.ms)), site_size)
    return found


def _without_raw(
    source: SampleSource, sensors: Sequence[Sensor], at_ms: int, ladders: Mapping[str, Ladder], site_size: SiteSize
) -> dict[str, Latest]:
    """The last usable sample of a bucket that was closed by then, where raw samples have been deleted."""
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
                for id, (t, value, offset, _) in _last_rows(source, missing, rung, rows, "usable", site_size):
                    found[id] = Latest(t + offset * NS_PER_MS, value)
    return found


def _last_rows(
    source: SampleSource, sensors: Sequence[Sensor], rung: Rung, span: TimeRange, filled: Filled, site_size: SiteSize
) -> Iterator[tuple[str, list[Any]]]:
    """Each sensor's last such row of a rung: its start, last value with offset, number of bad samples."""
    requests = []
    for (site, text), ids in by_site(sensors).items():
        columns, size = ("last_s" if text else "last", "tlast", "n_bad"), size_if_many(site, ids, site_size)
        requests.append(LastRows(site, rung.name, ids, Window.of(span), columns, filled, size))
    for rows in source.read(requests):
        yield from rows.items()


def last_in_raw(
    source: SampleSource, sensors: Sequence[Sensor], window: Window, site_size: SiteSize
) -> Mapping[str, Latest]:
    return {id: Latest(*sample) for id, sample in read_last(source, sensors, window, site_size).items()}
