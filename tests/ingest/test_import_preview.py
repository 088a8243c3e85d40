"""A dry run shows the first samples as they would be stored, ambiguous hours, and problems of every column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.imports import ImportReport, load_mapping, run
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant

SENSORS: list[dict[str, Any]] = [
    {"tag": "TT-1", "name": "Supply", "unit": "°C"},
    {"tag": "P-1.run", "name": "Pump", "kind": "discrete", "states": {"0": "Stopped", "1": "Running"}},
    {"tag": "MSG", "name": "Message", "kind": "text"},
]
PlantOf = Callable[..., Plant]


def load(plant: Plant, path: Path, mapping: str = "", dry_run: bool = True) -> ImportReport:
    return run(plant.tenant, [path], load_mapping(f"{{site: {plant.slug}{mapping}}}"), dry_run)


def test_the_first_rows_as_they_will_be_stored(acme: TenantConnection, plant_of: PlantOf, tmp_path: Path) -> None:
    plant = plant_of(acme, SENSORS, "America/Chicago")
    path = tmp_path / "log.csv"
    rows = ["2024-05-01 00:00:00,68,Running,a", "2024-05-01 00:01:00,-250,,b", "2024-05-01 00:02:00,,1,c"]
    path.write_text("time,temp,P-1.run,MSG\n" + "".join(f"{row}\n" for row in rows))
    rule = "{sensor: TT-1, scale: 0.5, offset: -10, bad: [-250]}"
    mapping = f", columns: {{temp: {rule}, P-1.run: P-1.run, MSG: MSG}}"
    shown = [(s.line, s.clock, s.at, s.tag, s.value, s.quality) for s in load(plant, path, mapping).preview]
    five = 1_714_539_600_000  # 2024-05-01 05:00 UTC
    assert shown == [
        (2, "2024-05-01 00:00:00", five, "TT-1", 24.0, 0),
        (3, "2024-05-01 00:01:00", five + 60_000, "TT-1", -250.0, 2),
        (2, "2024-05-01 00:00:00", five, "P-1.run", 1.0, 0),
        (4, "2024-05-01 00:02:00", five + 120_000, "P-1.run", 1.0, 0),
        (2, "2024-05-01 00:00:00", five, "MSG", "a", 0),
        (3, "2024-05-01 00:01:00", five + 60_000, "MSG", "b", 0),
        (4, "2024-05-01 00:02:00", five + 120_000, "MSG", "c", 0),
    ]
    load(plant, path, mapping, dry_run=False)
    stored = {(at // 1_000_000, *sample) for at, sample in plant.stored("TT-1").items()}
    assert stored == {(at, value, quality) for _, _, at, tag, value, quality in shown if tag == "TT-1"}


def test_of_many_rows_the_first_of_each_sensor(acme: TenantConnection, plant_of: PlantOf, tmp_path: Path) -> None:
    plant, path = plant_of(acme, SENSORS), tmp_path / "log.csv"
    path.write_text("time,TT-1\n" + "".join(f"2024-05-01 {m // 60:02d}:{m % 60:02d}:00,{m}\n" for m in range(900)))
    assert [s.value for s in load(plant, path).preview] == [0, 1, 2, 3, 4]
    assert load(plant, path, dry_run=False).preview == []


def test_rows_of_a_repeated_hour_show_both_passes(acme: TenantConnection, plant_of: PlantOf, tmp_path: Path) -> None:
    plant, path = plant_of(acme, SENSORS, "Europe/Berlin"), tmp_path / "log.csv"
    clocks = [f"{h}:{m:02d}" for h in (1, 2, 2, 3) for m in (0, 30)]
    path.write_text("time,TT-1\n" + "".join(f"2024-10-27 0{clock}:00,{n}\n" for n, clock in enumerate(clocks)))
    changed = [(s.clock[11:16], s.at, s.value) for s in load(plant, path).preview if s.change]
    midnight = 1_729_987_200_000  # 2024-10-27 00:00 UTC
    assert changed == [
        ("02:00", midnight, 2),
        ("02:30", midnight + 1_800_000, 3),
        ("02:00", midnight + 3_600_000, 4),
        ("02:30", midnight + 5_400_000, 5),
    ]


def test_a_row_a_sample_is_previewed_by_its_name(acme: TenantConnection, plant_of: PlantOf, tmp_path: Path) -> None:
    plant, path = plant_of(acme, SENSORS), tmp_path / "log.csv"
    path.write_text("when,point,value\n2024-05-01T00:00:00Z,TT-1,20.5\n2024-05-01T00:00:00Z,TT-9,3\n")
    report = load(plant, path, ", layout: long, sensor_column: point, value_column: value")
    (sample,) = report.preview
    assert (sample.line, sample.column, sample.tag, sample.value, sample.unit) == (2, "TT-1", "TT-1", 20.5, "°C")
    assert report.unmapped == {"TT-9": 1}


def test_one_column_of_bad_cells_hides_no_other(acme: TenantConnection, plant_of: PlantOf, tmp_path: Path) -> None:
    plant, path = plant_of(acme, SENSORS), tmp_path / "log.csv"
    rows = [f"2024-05-01 00:{m % 60:02d}:{m // 60:02d},x{m},{'what' if m > 190 else '1'},y" for m in range(200)]
    path.write_text("time,TT-1,P-1.run,extra\n" + "".join(f"{row}\n" for row in [*rows, "yesterday,1,1,z"]))
    report = load(plant, path)
    named = [(problem.column, problem.line) for problem in report.problems]
    assert [line for column, line in named if column == "TT-1"] == list(range(2, 22))
    assert [line for column, line in named if column == "P-1.run"] == list(range(193, 202))
    assert [line for column, line in named if column == "time"] == [202]
    assert report.unreadable_by_column == {"TT-1": 200, "P-1.run": 9, "time": 1}
    assert report.unmapped == {"extra": 1}
