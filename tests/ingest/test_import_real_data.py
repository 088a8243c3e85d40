"""History import on real plants' files: a water loop, a building's control system, an office, a school's meter."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.imports import Mapping, load_mapping, run
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant
from web.stores import streams

SKAB_COLUMNS = {
    "Accelerometer1RMS": "VT-1", "Accelerometer2RMS": "VT-2", "Current": "IT-1", "Pressure": "PT-1",
    "Temperature": "TT-1", "Thermocouple": "TT-2", "Voltage": "ET-1", "Volume Flow RateRMS": "FT-1",
}  # fmt: skip
Plants = Callable[..., Plant]


def skab_mapping(plant: Plant) -> Mapping:
    columns = "\n".join(f"  {header}: {tag}" for header, tag in SKAB_COLUMNS.items())
    return load_mapping(
        f"site: {plant.slug}\ntime: {{zone: UTC}}\nignore: [anomaly, changepoint]\ncolumns:\n{columns}\n"
    )


@pytest.fixture
def loop(acme: TenantConnection, plant_of: Plants) -> Plant:
    return plant_of(acme, [{"tag": tag, "name": tag} for tag in SKAB_COLUMNS.values()], timezone="Europe/Moscow")


def rows_of(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def utc_ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def test_a_morning_of_skab_is_one_history(loop: Plant, shared_data: Path) -> None:
    files = [shared_data / "skab" / "valve1" / f"{number}.csv" for number in range(6)]
    preview = run(loop.tenant, files, skab_mapping(loop), dry_run=True)
    assert loop.stored("FT-1") == {}
    report = run(loop.tenant, files, skab_mapping(loop))
    expected = {utc_ns(row["datetime"]): row for file in files for row in rows_of(file, ";")}
    for header, tag in SKAB_COLUMNS.items():
        assert loop.stored(tag) == {t: (float(row[header]), 0) for t, row in expected.items()}, tag
    assert report.samples == 8 * report.rows == 8 * 6764
    assert (report.unreadable, report.bad_rows, report.bad_times) == (0, 0, 0)
    assert [file.unmapped for file in report.files] == [[]] * 6
    assert report.start == min(expected) // 10**6 and report.end == max(expected) // 10**6
    assert (preview.rows, preview.samples, preview.gaps) == (report.rows, report.samples, report.gaps)
    assert loop.sensor("FT-1").interval_s == 1.0
    newest = streams().latest.read(loop.tenant.prefix, [loop.sensor("FT-1").id])
    assert newest[loop.sensor("FT-1").id].t == max(expected)


def test_all_of_skab_whose_files_share_rows(loop: Plant, shared_data: Path) -> None:
    files = sorted((shared_data / "skab").glob("*/*.csv"))
    report = run(loop.tenant, files, skab_mapping(loop))
    rows = [row for file in files for row in rows_of(file, ";")]
    times = {utc_ns(row["datetime"]): float(row["Pressure"]) for row in rows}
    assert loop.stored("PT-1") == {t: (value, 0) for t, value in times.items()}
    (pressure,) = (sensor for sensor in report.sensors if sensor.tag == "PT-1")
    assert pressure.duplicates == len(rows) - len(times) > 0
    gaps = sorted(times)
    assert pressure.gaps == sum(b - a > 3 * 10**9 for a, b in itertools.pairwise(gaps))


def building(shared_data: Path, plant_of: Plants, tenant: TenantConnection, sensors: list[dict[str, Any]]) -> Plant:
    return plant_of(tenant, sensors, timezone="America/Chicago")


BAS = """
site: SITE
time: {format: ["%d-%b-%y %I:%M:%S %p %Z", "%m/%d/%Y %H:%M"]}
missing: [-250]
files:
  VAV-10-DA-T.csv: {sensor: VAV-10.DA-T}
  S-7_DA-T.csv: {sensor: S-7.DA-T}
  S-7_EF5-C.csv: {sensor: S-7.EF5-C}
  S-7_ECON-C.csv: {sensor: S-7.ECON-C}
  VAV-10-0CC-O.csv: {sensor: {sensor: VAV-10.OCC, states: {Occ: 1, Unocc: 0}}}
  S-7_OCC-C.csv: {sensor: {sensor: S-7.OCC, states: {Occupied: 1, UnOccupied: 0}}}
  S-7_FBD-SP.csv: {sensor: S-7.FBD-SP}
"""
SWITCH = {"kind": "discrete", "sampling": "on_change", "states": {"0": "Off", "1": "On"}}
BAS_SENSORS: list[dict[str, Any]] = [
    {"tag": "VAV-10.DA-T", "unit": "°F"}, {"tag": "S-7.DA-T", "unit": "°F"}, {"tag": "S-7.EF5-C", **SWITCH},
    {"tag": "S-7.ECON-C", **SWITCH}, {"tag": "VAV-10.OCC", **SWITCH}, {"tag": "S-7.OCC", **SWITCH},
    {"tag": "S-7.FBD-SP"},
]  # fmt: skip


def test_a_buildings_exports_in_two_time_formats_with_words_and_placeholders(
    acme: TenantConnection, plant_of: Plants, shared_data: Path
) -> None:
    plant = building(shared_data, plant_of, acme, [{"name": s["tag"], **s} for s in BAS_SENSORS])
    bas = shared_data / "bas"
    files = [
        *(bas / "ahu_data" / f"S-7_{name}.csv" for name in ("DA-T", "EF5-C", "ECON-C", "OCC-C", "FBD-SP")),
        *(bas / "vav" / f"VAV-10-{name}.csv" for name in ("DA-T", "0CC-O")),
    ]
    report = run(acme, files, load_mapping(BAS.replace("SITE", plant.slug)))
    assert (report.unreadable, report.bad_times, report.bad_rows) == (0, 0, 0), report.problems

    # 5/7/2022 12:00 in Chicago is daylight time, five hours behind UTC
    air = plant.stored("S-7.DA-T")
    assert air[utc_ns("2022-05-07T17:00:00")] == (72.4, 0)
    # 02-Mar-22 5:00:09 PM CST is six hours behind, whatever the zone does later
    fan = plant.stored("S-7.EF5-C")
    assert fan[utc_ns("2022-03-02T23:00:09")] == (0.0, 0)
    assert set(fan.values()) == {(0.0, 0), (1.0, 0)}
    assert plant.stored("VAV-10.OCC")[utc_ns("2022-03-02T17:48:41")] == (1.0, 0)
    # both at 4:42, FALSE first: the later row counts
    assert plant.stored("S-7.ECON-C")[utc_ns("2022-03-18T09:42:00")] == (1.0, 0)
    # -250 is a box without a sensor
    box = next(sensor for sensor in report.sensors if sensor.tag == "VAV-10.DA-T")
    placeholders = sum(float(row["Value (°F)"]) == -250 for row in rows_of(bas / "vav" / "VAV-10-DA-T.csv", ","))
    assert box.missing == placeholders > 0
    assert -250.0 not in {value for value, _ in plant.stored("VAV-10.DA-T").values()}


def test_placeholders_can_be_kept_as_bad_samples(acme: TenantConnection, plant_of: Plants, shared_data: Path) -> None:
    plant = building(shared_data, plant_of, acme, [{"tag": "VAV-10.DA-T", "name": "Air"}])
    mapping = load_mapping(
        f"{{site: {plant.slug}, bad: [-250], time: {{format: '%d-%b-%y %I:%M:%S %p %Z'}}, "
        "columns: {'Value (°F)': VAV-10.DA-T}}"
    )
    report = run(acme, [shared_data / "bas" / "vav" / "VAV-10-DA-T.csv"], mapping)
    assert report.bad == sum(mark == (-250.0, 2) for mark in plant.stored("VAV-10.DA-T").values()) > 0


def test_a_schools_meter_with_the_repeated_and_the_missing_hour(
    acme: TenantConnection, plant_of: Plants, shared_data: Path
) -> None:
    plant = building(shared_data, plant_of, acme, [{"tag": "KW", "name": "Power", "unit": "kW"}])
    mapping = load_mapping(f"{{site: {plant.slug}, columns: {{kW: KW}}, time: {{format: '%m/%d/%Y %H:%M'}}}}")
    report = run(acme, [shared_data / "bas" / "School_2013_2014_KW.csv"], mapping)
    stored = plant.stored("KW")
    assert len(stored) == report.samples - report.duplicates
    assert stored[utc_ns("2013-11-03T06:00:00")] == (37.2, 0), "1:00 daylight time"
    assert stored[utc_ns("2013-11-03T07:00:00")] == (42.8, 0), "1:00 an hour later"
    assert stored[utc_ns("2014-03-09T07:45:00")] == (50.6, 0), "1:45 standard time"
    assert stored[utc_ns("2014-03-09T08:00:00")] == (48.2, 0), "3:00 daylight time, a quarter of an hour later"
    assert report.repeated_hour_rows >= 8


def test_an_offices_temperature_with_gaps_of_days(acme: TenantConnection, plant_of: Plants, shared_data: Path) -> None:
    plant = plant_of(acme, [{"tag": "value", "name": "Quota", "unit": "°F"}])
    file = shared_data / "nab" / "ambient_temperature_system_failure.csv"
    report = run(acme, [file], load_mapping(f"{{site: {plant.slug}}}"), dry_run=True)
    times = [utc_ns(row["timestamp"]) for row in rows_of(file, ",")]
    (room,) = report.sensors
    assert room.interval_s == 3600
    assert room.gaps == sum(b - a > 3 * 3600 * 10**9 for a, b in itertools.pairwise(times))
    assert room.longest_gaps[0].end - room.longest_gaps[0].start > 6 * 86_400_000
