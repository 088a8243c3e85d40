"""Small files as plants really deliver them, each with the values that are right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.imports import ImportReport, load_mapping, run
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant

CASES = Path(__file__).parent / "cases"
Load = Callable[..., ImportReport]


@pytest.fixture
def load(plant: Plant) -> Load:
    def make(mapping: str, *names: str, dry_run: bool = False) -> ImportReport:
        text = mapping.replace("{", f"{{site: {plant.slug}, ", 1)
        return run(plant.tenant, [CASES / name for name in names], load_mapping(text), dry_run)

    return make


def utc(ns: int) -> str:
    return datetime.fromtimestamp(ns / 1e9, UTC).strftime("%H:%M")


def test_a_quotation_mark_that_is_never_closed_costs_its_line(plant: Plant, load: Load) -> None:
    report = load("{columns: {kw: TT-101}, ignore: [note]}", "unbalanced-quote.csv")
    assert {int(value) for value, _ in plant.stored("TT-101").values()} == set(range(1000)) - {9}  # type: ignore[arg-type]
    assert report.bad_rows == 1
    assert [(p.line, p.why) for p in report.problems] == [(11, "a quotation mark is opened and not closed")]


def test_an_inch_mark_is_no_quotation_mark(plant: Plant, load: Load) -> None:
    report = load("{columns: {kw: TT-101}, ignore: [note]}", "inch-mark.csv")
    assert len(plant.stored("TT-101")) == 60 and report.bad_rows == 0


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("cr-only.csv", "kw", [1, 2]),
        ("utf16-without-mark.csv", "kw", [1, 2]),
        ("one-row-no-newline.csv", "kw", [1]),
        ("header-line-break.csv", "power (kW)", [1, 2]),
        ("header-line-break.csv", '"power\\n(kW) "', [1, 2]),
        ("single-digit-hours.csv", "kw", list(range(24))),
    ],
)
def test_odd_files_are_read(plant: Plant, load: Load, name: str, column: str, values: list[float]) -> None:
    report = load(f"{{columns: {{{column}: TT-101}}}}", name)
    assert [value for _, (value, _) in sorted(plant.stored("TT-101").items())] == values
    assert (report.bad_rows, report.bad_times) == (0, 0)


def test_a_column_that_is_mapped_and_absent_is_refused_at_once(plant: Plant, load: Load) -> None:
    with pytest.raises(BadRequest, match="has no column 'ghost', which the mapping names; its columns are when, kw, q"):
        load("{columns: {kw: TT-101, ghost: TT-102}}", "opc-quality.csv")
    assert plant.stored("TT-101") == {}
