"""A dry run compared with what is stored: new, same, different; implausible values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalog.models import Sensor
from ingest.imports import ImportReport, load_mapping, run
from ingest.imports.report.plausibility import unit_note
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant

SENSORS: list[dict[str, Any]] = [
    {"tag": "TT-1", "name": "Supply", "unit": "°C", "range": [0, 40]},
    {"tag": "MSG", "name": "Message", "kind": "text"},
]
Load = Callable[..., ImportReport]


@pytest.fixture
def plant(acme: TenantConnection, plant_of: Callable[..., Plant]) -> Plant:
    return plant_of(acme, SENSORS)


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Load:
    def make(rows: list[str], mapping: str = "{}", dry_run: bool = True) -> ImportReport:
        path = tmp_path / "log.csv"
        path.write_text("time,TT-1,MSG\n" + "".join(f"{row}\n" for row in rows))
        text = mapping.replace("{", f"{{site: {plant.slug}, ", 1)
        return run(plant.tenant, [path], load_mapping(text), dry_run)

    return make


def row(minute: int, value: object, text: str = "") -> str:
    return f"2024-05-01 {minute // 60:02d}:{minute % 60:02d}:00,{value},{text}"


def test_new_same_and_different(plant: Plant, load: Load) -> None:
    first = [row(m, m / 4, "Filling" if m % 2 else "Idle") for m in range(100)]
    report = load(first)
    assert (report.new, report.same, report.different) == (200, 0, 0)
    load(first, dry_run=False)
    again = load([row(99, 1.5, "x"), *first, row(50, 12.5, "Idle")])  # unsorted, with duplicates
    assert (again.new, again.same, again.different) == (0, 200, 0)
    changed = load([row(m, m / 4 if m < 60 else 7, "Idle") for m in range(30, 130)])
    tt, msg = sorted(changed.sensors, key=lambda part: part.tag, reverse=True)
    assert (tt.new, tt.same, tt.different) == (30, 30, 40)
    assert (msg.new, msg.same, msg.different) == (30, 35, 35)
    assert load(first, "{bad: [2.5]}").different == 1, "another quality is another sample"


def test_in_pages_and_slices_the_same(plant: Plant, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load([row(m, m % 7) for m in range(0, 300, 2)], dry_run=False)
    monkeypatch.setattr("ingest.imports.report.compare.PAGE", 7)
    monkeypatch.setattr("ingest.imports.report.spill.MAX_SORTED_IN_MEMORY", 40)
    report = load([row(m, m % 7 if m < 100 else 9) for m in reversed(range(300))])
    assert (report.new, report.same, report.different) == (150, 50, 100)


def test_too_much_to_compare_is_not_compared(plant: Plant, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load([row(m, 1) for m in range(20)], dry_run=False)
    monkeypatch.setattr("ingest.imports.report.compare.MAX_COMPARED", 19)
    assert load([row(m, 1) for m in range(20)]).new is None


def test_values_outside_the_range_are_counted(plant: Plant, load: Load) -> None:
    assert load([row(0, -0.5), row(1, 0), row(2, 40), row(3, 41)]).out_of_range == 2


def test_a_suspicious_unit_is_reported_with_the_likely_scale(plant: Plant, load: Load) -> None:
    load([row(m, 6 + m % 3) for m in range(100)], dry_run=False)
    wrong = load([row(m, (6 + m % 3) * 1.8 + 32) for m in range(60, 160)])
    (part,) = (part for part in wrong.sensors if part.tag == "TT-1")
    assert "look like °F, and TT-1 is in °C" in part.unit_note
    assert "scale: 0.5555555556, offset: -17.77777778" in part.unit_note
    right = load([row(m, (6 + m % 3) * 1.8 + 32) for m in range(60, 160)],
                 "{columns: {TT-1: {sensor: TT-1, scale: 0.5555555556, offset: -17.77777778}}}")  # fmt: skip
    assert [part.unit_note for part in right.sensors] == [""]


@pytest.mark.parametrize(
    ("unit", "usual", "factor", "looks"),
    [("bar", 5.0, 100, "kPa"), ("kPa", 500.0, 0.01, "bar"), ("kW", 80.0, 1000, "W"), ("%", 45.0, 0.01, "a share of 1")],
)
def test_units_by_a_factor(unit: str, usual: float, factor: float, looks: str) -> None:
    sensor = Sensor(id="s1", site="p1", tag="X", name="x", unit=unit)
    stored = usual + np.arange(50) % 5 * usual / 50
    assert f"look like {looks}, and X is in {unit}" in unit_note(sensor, stored * factor, stored)
    assert unit_note(sensor, stored * 1.1, stored) == ""


def test_without_reference_values_nothing_is_reported() -> None:
    sensor = Sensor(id="s1", site="p1", tag="X", name="x", unit="bar")
    assert unit_note(sensor, np.full(50, 500.0), np.zeros(0)) == ""
