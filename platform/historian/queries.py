"""What may be asked of a tenant's samples. Time is an argument: nothing here reads the clock."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from catalog.models import Sensor
from historian.answers import BandPicture, Line
from historian.asof import as_of
from historian.counting import ensure_readable
from historian.pictures import Method, Picturing, method_for
from historian.planner import ROWS, Source, expected_samples, source_for
from historian.playback import Playback, playback
from historian.readers import Reading, interval_ms_of, read_bulk, read_rows
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.timeseries import Timeseries
from web.stores import reader

AT_ONCE = 4  # bulk reads of one query

__all__ = ["Playback", "as_of", "playback", "read_many", "read_samples"]


def read_samples(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, points: int, method: Method = "auto", *, now_ms: int
) -> Line | BandPicture:
    """The best `points` points of a sensor in a range. Raises BadRequest if that means too many raw samples."""
    return read_many(tenant, [sensor], span, points, method, now_ms=now_ms)[0]


def read_many(
    tenant: TenantConnection,
    sensors: Sequence[Sensor],
    span: TimeRange,
    points: int,
    method: Method = "auto",
    *,
    now_ms: int,
) -> list[Line | BandPicture]:
    """The same for many sensors, in their order, in one round trip where none is large."""
    methods = [method_for(sensor, method) for sensor in sensors]
    readings = read(reader(tenant), sensors, span)
    return [
        Picturing(sensor, reading, span, now_ms).draw(chosen, points)
        for sensor, reading, chosen in zip(sensors, readings, methods, strict=True)
    ]


def read(store: Timeseries, sensors: Sequence[Sensor], span: TimeRange) -> list[Reading]:
    """All samples of the sensors in a range, as the planner says."""
    sources = [source_for(span, interval_ms_of(sensor)) for sensor in sensors]
    bulk = [place for place, source in enumerate(sources) if source is Source.RAW_BULK]
    readings = read_rows(store, sensors, span, ROWS, bulk)
    large = [place for place, reading in enumerate(readings) if reading.truncated]
    if large:
        guess = sum(_guess(sensors[place], readings[place], span) for place in large)
        ensure_readable(store, [sensors[place] for place in large], span, guess)
        with ThreadPoolExecutor(min(len(large), AT_ONCE)) as pool:  # InfluxDB works on one answer with one core
            found = pool.map(lambda place: read_bulk(store, sensors[place], span), large)
            for place, raw in zip(large, found, strict=True):
                readings[place] = readings[place].with_samples(raw)
    return readings


def _guess(sensor: Sensor, reading: Reading, span: TimeRange) -> float:
    """How many samples a sensor may have in a range: by its interval, else as dense all over as those read."""
    expected = expected_samples(span, interval_ms_of(sensor)) or 0.0
    if len(reading.raw) < 2:
        return expected
    t = reading.raw.t
    return max(expected, len(t) * span.width * 1e6 / max(int(t[-1] - t[0]), 1))
