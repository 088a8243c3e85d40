"""A real morning: the SKAB loop's eight sensors, about a sample a second, with steps of 2 s and gaps."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from historian.queries import as_of, playback, read_many
from historian.shape.series import BandView, Line
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from tests.historian.plant import NOW, Row, listed, make_sensor, write

TAGS = [
    "Accelerometer1RMS",
    "Accelerometer2RMS",
    "Current",
    "Pressure",
    "Temperature",
    "Thermocouple",
    "Voltage",
    "Volume Flow RateRMS",
]
POINTS = 1000


@pytest.fixture(scope="module")
def morning(shared_data: Path) -> dict[str, list[Row]]:
    """Each sensor's samples, files valve1/0 to 5 in order."""
    columns: dict[str, list[Row]] = {tag: [] for tag in TAGS}
    for number in range(6):
        with (shared_data / f"skab/valve1/{number}.csv").open() as file:
            for row in csv.DictReader(file, delimiter=";"):
                moment = datetime.fromisoformat(row["datetime"]).replace(tzinfo=UTC)
                for tag in TAGS:
                    columns[tag].append((int(moment.timestamp() * 1000), float(row[tag])))
    return {tag: sorted(dict(rows).items()) for tag, rows in columns.items()}


def test_a_real_morning_in_a_thousand_points(acme: TenantConnection, morning: dict[str, list[Row]]) -> None:
    sensors = [make_sensor(tag=tag, interval_s=1.0) for tag in TAGS]
    for sensor in sensors:
        write(acme, sensor, morning[sensor.tag])
    times = [row[0] for row in morning["Pressure"]]
    span = TimeRange(times[0], times[-1] + 1)
    gaps = [(low, high) for low, high in pairwise(times) if high - low > 3000]
    assert gaps
    lines = read_many(acme, sensors, span, POINTS, now_ms=NOW)
    bands = read_many(acme, sensors, span, POINTS, "band", now_ms=NOW)
    for sensor, line, band in zip(sensors, lines, bands, strict=True):
        assert isinstance(line, Line)
        assert isinstance(band, BandView)
        rows = morning[sensor.tag]
        assert line.samples == band.samples == len(rows) > 6_000
        assert POINTS // 2 < len(line.t) <= POINTS
        assert line.gaps == band.gaps == gaps
        check_extremes(rows, line, span)
        check_band(rows, band, span)


def check_extremes(rows: list[Row], line: Line, span: TimeRange) -> None:
    """The smallest and the largest value of every bucket are there, and nothing that was not measured."""
    shown = list(zip(line.t, line.v, strict=True))
    assert set(shown) <= set(rows)
    for own, drawn in zip(cut(rows, span, POINTS // 2), cut(shown, span, POINTS // 2), strict=True):
        assert [min(own), max(own)] == [min(drawn), max(drawn)] if own else not drawn


def check_band(rows: list[Row], band: BandView, span: TimeRange) -> None:
    own = [values for values in cut(rows, span, POINTS) if values]
    assert [min(values) for values in own] == band.min
    assert [max(values) for values in own] == band.max
    assert [sum(values) / len(values) for values in own] == pytest.approx(band.mean)


def cut(rows: list[Row], span: TimeRange, count: int) -> list[list[float]]:
    """The values in each of `count` equal parts of the range."""
    parts: list[list[float]] = [[] for _ in range(count)]
    bounds = [span.start + span.width * number // count for number in range(1, count + 1)]
    part = 0
    for row in rows:
        while row[0] >= bounds[part]:
            part += 1
        parts[part].append(float(row[1]))
    return parts


def test_the_loop_can_be_played_back_from_any_moment_of_it(
    acme: TenantConnection, morning: dict[str, list[Row]]
) -> None:
    sensors = [make_sensor(tag=tag, interval_s=1.0) for tag in TAGS[:3]]
    for sensor in sensors:
        write(acme, sensor, morning[sensor.tag])
    start = morning["Current"][0][0]
    played = playback(acme, sensors, TimeRange(start - 1000, start + 3_600_000), 60, now_ms=NOW)
    for place in (0, 1, 30, 59):
        expected = as_of(acme, sensors, int(played.t[place]), NOW)
        assert [listed(played.columns[sensor.id])[place] for sensor in sensors] == [value.v for value in expected]
