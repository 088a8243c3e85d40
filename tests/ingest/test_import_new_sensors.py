"""Sensors that an import creates if its mapping says so: listed by the dry run, created once by the real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.models import Site
from catalog.snapshot import snapshot_of
from ingest.imports import Column, ImportReport, load_mapping, run
from ingest.imports.reading.new_sensors import FoundColumn, guess_sensor, tag_and_unit
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at

SITE = Site(id="p1", slug="x", name="x", timezone="UTC")
FIRST, SECOND = at("2024-05-01"), at("2024-05-02")


@pytest.mark.parametrize(
    ("header", "tag", "unit"),
    [
        ("Temp [°C]", "Temp", "°C"),
        ("Supply  temperature (degC)", "Supply temperature", "°C"),
        ("Flow (m3/h)", "Flow", "m³/h"),
        ("Pump (north)", "Pump (north)", ""),
        ("Value", "Value", ""),
        ("[°C]", "[°C]", ""),
        ("a) b]", "a) b]", ""),
    ],
)
def test_a_header_s_tag_and_unit(header: str, tag: str, unit: str) -> None:
    assert tag_and_unit(header) == (tag, unit)


@pytest.mark.parametrize(
    ("header", "cells", "kind", "states"),
    [
        ("T [°C]", ["1", "2", "", "x"], "continuous", {}),
        ("E [kWh]", [str(k // 2) for k in range(20)], "counter", {}),
        ("E [kWh]", ["5"] * 20, "continuous", {}),
        ("P [kW]", [str(k) for k in range(20)], "continuous", {}),
        ("run", ["On", "Off", "On", "on"], "discrete", {"0": "Off", "1": "On"}),
        ("run", ["TRUE", "FALSE", "TRUE", "TRUE"], "discrete", {"0": "FALSE", "1": "TRUE"}),
        ("run", ["On"] * 4, "discrete", {"0": "Off", "1": "On"}),
        ("mode", ["Heat", "Cool", "Heat", "Auto", "Cool", "Cool"], "discrete", {"0": "Auto", "1": "Cool", "2": "Heat"}),
        ("note", [f"text {k}" for k in range(9)], "text", {}),
        ("none", [], "continuous", {}),
    ],
)
def test_a_kind_by_the_values(header: str, cells: list[str], kind: str, states: dict[str, str]) -> None:
    found = FoundColumn("f.csv", header, cells, Column("x"))
    sensor = guess_sensor(SITE, "x", found, load_mapping("{site: x}"))
    assert (sensor.kind, sensor.states) == (kind, states)


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(files: dict[str, str], mapping: str = "{}", dry_run: bool = False) -> ImportReport:
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        text = mapping.replace("{", f"{{site: {plant.slug}, new_sensors: true, ", 1)
        return run(plant.tenant, [tmp_path / name for name in files], load_mapping(text), dry_run)

    return make


WIDE = "t,TT-101,Outside [°C],Fan,Notes,skip\n2024-05-01,1,7.5,On,,9\n2024-05-02,2,8.5,Off,,9\n"


def test_a_dry_run_lists_them_and_makes_none(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load({"a.csv": WIDE}, "{ignore: [skip]}", dry_run=True)
    drafted = {new.tag: (new.name, new.unit, new.kind, new.states, new.column, new.file) for new in report.new_sensors}
    assert drafted == {
        "Outside": ("Outside", "°C", "continuous", {}, "Outside [°C]", "a.csv"),
        "Fan": ("Fan", "", "discrete", {"0": "Off", "1": "On"}, "Fan", "a.csv"),
    }
    assert {sensor.tag: (sensor.samples, sensor.new) for sensor in report.sensors} == {
        "TT-101": (2, 2), "Outside": (2, 2), "Fan": (2, 2)
    }  # fmt: skip
    assert report.files[0].unmapped == ["Notes"]
    assert snapshot_of(plant.tenant).sensor(plant.site, "Outside") is None


def test_new_sensors_are_created_once_and_filled(plant: Plant, load: Callable[..., ImportReport]) -> None:
    more = "t,Outside [°C]\n2024-05-03,9.5\n"
    report = load({"a.csv": WIDE, "b.csv": more}, "{ignore: [skip]}")
    assert [new.tag for new in report.new_sensors] == ["Outside", "Fan"]
    sensor = plant.sensor("Outside")
    assert (sensor.unit, sensor.kind) == ("°C", "continuous")
    assert plant.stored("Outside") == {FIRST: (7.5, 0), SECOND: (8.5, 0), at("2024-05-03"): (9.5, 0)}
    assert plant.stored("Fan") == {FIRST: (1.0, 0), SECOND: (0.0, 0)}
    again = load({"a.csv": WIDE, "b.csv": more}, "{ignore: [skip]}")
    assert again.new_sensors == [] and plant.sensor("Outside") == sensor and len(plant.stored("Outside")) == 3


def test_those_that_the_mapping_names(plant: Plant, load: Callable[..., ImportReport]) -> None:
    files = {"VAV-1_ZN.csv": "t,Value (°F)\n2024-05-01,70\n", "VAV-2_ZN.csv": "t,Value (°F)\n2024-05-01,71\n"}
    load(files, "{files: {'VAV-{n}_{p}.csv': 'VAV-{n}.{p}'}}")
    assert plant.stored("VAV-1.ZN") == {FIRST: (70.0, 0)} and plant.stored("VAV-2.ZN") == {FIRST: (71.0, 0)}
    assert plant.sensor("VAV-1.ZN").unit == "°F"


def test_names_of_a_long_file(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = "".join(f"2024-05-{day:02d},Meter [kWh],{day}\n2024-05-{day:02d},TT-101,5\n" for day in range(1, 20))
    mapping = "{layout: long, sensor_column: point, value_column: v}"
    planned = load({"a.csv": f"t,point,v\n{rows}"}, mapping, dry_run=True)
    assert [(new.tag, new.unit, new.kind) for new in planned.new_sensors] == [("Meter", "kWh", "counter")]
    report = load({"a.csv": f"t,point,v\n{rows}"}, mapping)
    assert report.samples == 38 and report.files[0].unmapped == []
    assert len(plant.stored("Meter")) == 19 and plant.sensor("Meter").kind == "counter"


def test_no_sensor_is_created_if_the_import_cannot_start(plant: Plant, load: Callable[..., ImportReport]) -> None:
    with pytest.raises(BadRequest, match="can be read as"):
        load({"a.csv": "t,New\n05/07/2024 10:00,1\n"})
    assert snapshot_of(plant.tenant).sensor(plant.site, "New") is None


def test_a_header_that_no_tag_can_be(load: Callable[..., ImportReport]) -> None:
    with pytest.raises(BadRequest, match=r"no sensor can be made for the column .*at most 100 are allowed\. Name one"):
        load({"a.csv": f"t,{'x' * 200}\n2024-05-01,1\n"})


def test_two_columns_of_one_name_with_different_units(plant: Plant, load: Callable[..., ImportReport]) -> None:
    load({"a.csv": "t,Temp [°C],Temp [°F]\n2024-05-01,20,68\n"})
    assert plant.stored("Temp") == {FIRST: (20.0, 0)} and plant.stored("Temp [°F]") == {FIRST: (68.0, 0)}
