"""Small, realistic files, each with its expected values."""

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


def test_an_unclosed_quotation_mark_costs_its_line(plant: Plant, load: Load) -> None:
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


NEW_YORK = "time: {column: when, zone: America/New_York}"


def test_a_repeated_hour_sorted_by_local_time_alternates(plant: Plant, load: Load) -> None:
    report = load(f"{{{NEW_YORK}, columns: {{kw: TT-101}}}}", "repeated-hour-sorted.csv")
    stored = {utc(t): value for t, (value, _) in plant.stored("TT-101").items()}
    assert len(stored) == 16
    assert [stored[f"05:{m:02d}"] for m in (0, 15, 30, 45)] == [100, 115, 130, 145]
    assert [stored[f"06:{m:02d}"] for m in (0, 15, 30, 45)] == [100.1, 115.1, 130.1, 145.1]
    assert (report.duplicates, report.repeated_hour_rows) == (0, 8)
    (change,) = report.clock_changes
    assert (change.kind, change.rows, change.line) == ("repeated", 8, 6)
    assert (change.start, change.end) == ("2021-11-07 01:00", "2021-11-07 02:00")


@pytest.mark.parametrize("names", [("hour-1.csv", "hour-2.csv"), ("hour-2.csv", "hour-1.csv")])
def test_files_that_begin_in_the_repeated_hour_go_on_from_each_other(
    plant: Plant, load: Load, names: tuple[str, ...]
) -> None:
    load(f"{{{NEW_YORK}, columns: {{kw: TT-101}}}}", *names)
    stored = {utc(t): value for t, (value, _) in plant.stored("TT-101").items()}
    assert stored == {
        "05:00": 0, "05:15": 15, "05:30": 30, "05:45": 45,
        "06:00": 100, "06:15": 115, "06:30": 130, "06:45": 145, "07:00": 200,
    }  # fmt: skip


def test_a_file_of_the_second_pass_alone_leads_to_the_row_after_it(plant: Plant, load: Load) -> None:
    load(f"{{{NEW_YORK}, columns: {{kw: TT-101}}}}", "hour-2.csv")
    assert sorted(map(utc, plant.stored("TT-101"))) == ["06:00", "06:15", "06:30", "06:45", "07:00"]


def test_a_clock_without_daylight_saving_is_reported(plant: Plant, load: Load) -> None:
    report = load(f"{{{NEW_YORK}, columns: {{kw: TT-101}}}}", "skipped-hour.csv")
    stored = {utc(t): value for t, (value, _) in plant.stored("TT-101").items()}
    assert stored == {
        "06:00": 100, "06:15": 115, "06:30": 130, "06:45": 145, "07:00": 300, "07:15": 315, "07:30": 330, "07:45": 345
    }  # fmt: skip
    assert report.skipped_hour_rows == 4
    (change,) = report.clock_changes
    assert (change.kind, change.rows, change.line) == ("skipped", 4, 6)
    assert "this clock seems not to follow daylight saving" in change.note and 'zone: "-05:00"' in change.note
    fixed = load('{time: {column: when, zone: "-05:00"}, columns: {kw: TT-102}}', "skipped-hour.csv")
    assert len(plant.stored("TT-102")) == 12 and fixed.clock_changes == []


def test_a_decimal_comma_refuses_the_other_mark(plant: Plant, load: Load) -> None:
    mapping = '{decimal: ",", delimiter: ";", columns: {kw: TT-101}}'
    report = load(mapping, "decimal-comma.csv")
    assert [value for value, _ in plant.stored("TT-101").values()] == [999.5]
    assert [(p.line, p.text) for p in report.problems] == [(3, "1.234,5"), (4, "1.250")]
    assert "name `thousands`" in report.problems[0].why
    load(mapping.replace("{", '{thousands: ".", ', 1), "decimal-comma.csv")
    assert [value for _, (value, _) in sorted(plant.stored("TT-101").items())] == [999.5, 1234.5, 1250]


@pytest.mark.parametrize(
    "mapping",
    [
        "{quality_column: q, qualities: opc, columns: {kw: TT-101}}",
        "{qualities: opc, columns: {kw: {sensor: TT-101, quality: q}}}",
        '{qualities: {"192": good, "0": bad, "64": 1}, columns: {kw: {sensor: TT-101, quality: q}}}',
    ],
)
def test_qualities_of_opc_and_of_a_table(plant: Plant, load: Load, mapping: str) -> None:
    load(mapping, "opc-quality.csv")
    assert [sample for _, sample in sorted(plant.stored("TT-101").items())] == [(1.0, 0), (2.0, 2), (3.0, 1)]


def test_a_time_column_for_each_value_column(plant: Plant, load: Load) -> None:
    load("{columns: {A: {sensor: TT-101, time: time A}, B: {sensor: TT-102, time: time B}}}", "pi-pairs.csv")
    seconds = {tag: [int(t // 10**9 % 60) for t in sorted(plant.stored(tag))] for tag in ("TT-101", "TT-102")}
    assert seconds == {"TT-101": [0, 0], "TT-102": [7, 31]}
    assert [value for _, (value, _) in sorted(plant.stored("TT-102").items())] == [10, 11]


@pytest.mark.parametrize("size", [50, 90, 130, 200])
def test_a_repeated_hour_that_two_blocks_share(
    plant: Plant, load: Load, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("ingest.imports.formats.csv_reader.BLOCK", size)
    monkeypatch.setattr("ingest.imports.formats.files.HEAD", size)
    report = load(f"{{{NEW_YORK}, columns: {{kw: TT-101}}}}", "repeated-hour-sorted.csv")
    stored = [value for _, (value, _) in sorted(plant.stored("TT-101").items())]
    assert stored[4:12] == [100, 115, 130, 145, 100.1, 115.1, 130.1, 145.1]
    assert (report.rows, len(stored), report.repeated_hour_rows) == (16, 16, 8)
    assert (report.clock_changes[0].line, report.clock_changes[0].rows) == (6, 8)


@pytest.mark.parametrize("size", [60, 90, 130, 200])
def test_a_repeated_hour_of_the_second_time_column_that_two_blocks_share(
    plant: Plant, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int
) -> None:
    monkeypatch.setattr("ingest.imports.formats.csv_reader.BLOCK", size)
    monkeypatch.setattr("ingest.imports.formats.files.HEAD", size)
    rows = (CASES / "repeated-hour-sorted.csv").read_text().splitlines()[1:]
    pairs = [f"2021-12-01 {number:02d}:00,{number},{row}" for number, row in enumerate(rows)]
    (tmp_path / "pairs.csv").write_text("\n".join(["time A,A,time B,B", *pairs]) + "\n")
    zone = "time: {zone: America/New_York}"
    columns = "columns: {A: {sensor: TT-101, time: time A}, B: {sensor: TT-102, time: time B}}"
    load(f"{{{zone}, {columns}}}", str(tmp_path / "pairs.csv"))
    stored = [value for _, (value, _) in sorted(plant.stored("TT-102").items())]
    assert stored[4:12] == [100, 115, 130, 145, 100.1, 115.1, 130.1, 145.1]
    assert (len(stored), len(plant.stored("TT-101"))) == (16, 16)
