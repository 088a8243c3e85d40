"""The windows of GROUP BY time()."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from ingest.sources.influxdb.query import windows as subject
from ingest.sources.influxdb.query.reductions import slices_of
from ingest.sources.influxdb.query.windows import NS_PER_S, Windows, zone_of
from tests.ingest.influxql.test_selection import select, stored

HOUR = 3600 * NS_PER_S
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
WIDTHS = [15 * 60, 7 * 60, 3600, 5 * 3600, 12 * 3600, 86_400, 7 * 86_400]


def one_by_one(windows: Windows, start: int, stop: int) -> list[int]:
    found = [windows.window(start)[0]]
    while found[-1] < stop or len(found) < 2:
        _, end = windows.window(found[-1])
        found.append(end if end > found[-1] else found[-1] + windows.width)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("width_s", WIDTHS)
@pytest.mark.parametrize("offset_s", [0, 1_234])
def test_windows_in_local_time_are_those_found_one_by_one(zone: str, width_s: int, offset_s: int) -> None:
    windows = Windows(width_s * NS_PER_S, offset_s * NS_PER_S % (width_s * NS_PER_S), zone_of(zone))
    start = int(datetime(2025, 1, 3, 7, 8, 9, tzinfo=UTC).timestamp()) * NS_PER_S + 17
    stop = start + 330 * 24 * HOUR
    assert windows.bounds(start, stop).tolist() == one_by_one(windows, start, stop)


def test_windows_of_a_second_in_local_time_are_not_found_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    offset_at = subject._offset_at
    monkeypatch.setattr(subject, "_offset_at", lambda zone, second: asked.append(second) or offset_at(zone, second))
    assert len(Windows(NS_PER_S, 0, zone_of("Europe/Berlin")).bounds(0, 27 * HOUR)) == 27 * 3600 + 1
    assert len(asked) < 30


@pytest.mark.parametrize("fill", ["none", "null"])
def test_windows_are_made_once_for_all_series_and_functions(monkeypatch: pytest.MonkeyPatch, fill: str) -> None:
    made: list[Any] = []
    bounds = Windows.bounds
    monkeypatch.setattr(Windows, "bounds", lambda self, *of: made.append(of) or bounds(self, *of))
    sensors = stored({f"S-{k}": np.arange(50.0) for k in range(20)})
    text = (
        "SELECT median(value), percentile(value, 9), sum(value) FROM site WHERE time >= 0 AND time < 60s "
        f"GROUP BY time(1s), sensor fill({fill}) tz('Europe/Berlin')"
    )
    found = select(text, sensors)
    assert len(found) == 20
    assert found[3][0][:50] == found[3][2][:50] == list(range(50))
    assert len(made) == 1


def test_few_samples_in_many_windows_are_cut_as_many_samples_are() -> None:
    chance = np.random.default_rng(5)
    for count in (0, 1, 3, 40, 500):
        t = np.sort(chance.integers(-50, 1_100, count))
        bounds = np.arange(0, 1_001, 10)
        cut, filled = slices_of(t, t.astype(float), bounds)
        expected = [k for k in range(100) if ((t >= 10 * k) & (t < 10 * k + 10)).any()]
        assert filled.tolist() == expected
        assert [t[a:b].tolist() for a, b in zip(cut.first, cut.stop, strict=True)] == [
            t[(t >= 10 * k) & (t < 10 * k + 10)].tolist() for k in expected
        ]
