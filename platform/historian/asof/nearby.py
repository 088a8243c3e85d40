"""The last samples of sensors that report regularly, read forwards from a few intervals before the moment.

Where late samples were written, blocks of one series overlap, and InfluxDB then takes 70 ms a series to read backwards,
as `last()` does, and none to read forwards (50 sensors: 3,700 and 20 ms of its time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from catalog.models import Sensor
from historian.read.raw import field_of
from historian.rungs.sensors import INTERVALS, interval_ms_of
from kernel.times import HOUR, SECOND, TimeRange
from stores.redis.latest import Latest
from stores.timeseries import Timeseries, Window, select

MAX_LOOK_BACK_MS = HOUR
MAX_SAMPLES = 500  # of a sensor; some eight are due. Where it reports far more often, its last one is asked for
SENSORS_PER_STATEMENT = 50


def read_nearby(store: Timeseries, sensors: Iterable[Sensor], at_ms: int) -> dict[str, Latest]:
    """The last sample at or before a moment, of those sensors whose last one is not stale. One round trip."""
    statements = [
        select(
            f'"{field}","quality"',
            site,
            _window(at_ms, length),
            sensors=ids,
            rest=f'GROUP BY "sensor" LIMIT {MAX_SAMPLES + 1}',
        )
        for (length, site, field), named in _groups(sensors).items()
        for ids in (
            named[place : place + SENSORS_PER_STATEMENT] for place in range(0, len(named), SENSORS_PER_STATEMENT)
        )
    ]
    if not statements:
        return {}
    found: dict[str, Latest] = {}
    for result in store.read(statements):
        for series in result:
            rows = [row for row in series.values if row[1] is not None]
            if rows and len(series.values) <= MAX_SAMPLES:
                t, value, quality = rows[-1]
                found[series.tags["sensor"]] = Latest(t, value, quality or 0)
    return found


def _window(at_ms: int, length: int) -> Window:
    return Window.of(TimeRange(at_ms - length, at_ms + 1))


def _groups(sensors: Iterable[Sensor]) -> dict[tuple[int, str, str], list[str]]:
    """Ids by how far to look back, site and field: three intervals and one more, rounded up so that groups are few."""
    groups: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for sensor in sensors:
        interval = interval_ms_of(sensor)
        if interval is None or interval * (INTERVALS + 1) > MAX_LOOK_BACK_MS:
            continue
        length = SECOND
        while length < interval * (INTERVALS + 1):
            length *= 2
        groups[length, sensor.site, field_of(sensor)].append(sensor.id)
    return groups
