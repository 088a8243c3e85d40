"""Complete files with all their oddities."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.imports import ImportReport, Mapping, load_mapping, run
from ingest.imports.times.zones import SECOND
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(content: str | bytes, mapping: str = "{}", name: str = "log.csv", dry_run: bool = False) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        text = mapping.replace("{", f"{{site: {plant.slug}, ", 1)
        return run(plant.tenant, [path], load_mapping(text), dry_run)

    return make


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


LONG = """when;point;reading;state
2024-05-01 00:00:00;TT-101;1.5;good
2024-05-01 00:00:00;P-1.run;Running;0
2024-05-01 00:00:00;Ghost;9;0
2024-05-01 00:01:00;TT-101;2.5;bad
2024-05-01 00:01:00;PLC.msg;"Started; by hand";
2024-05-01 00:02:00;TT-101;x;good
2024-05-01 00:02:00;outside air;7;odd
"""
LONG_MAPPING = (
    "{layout: long, sensor_column: point, value_column: reading, quality_column: state, "
    "sensors: {TT-101: TT-101, P-1.run: P-1.run, PLC.msg: PLC.msg, outside air: TT-102}}"
)


def test_a_long_file(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load(LONG, LONG_MAPPING)
    assert plant.stored("TT-101") == {at("2024-05-01T00:00"): (1.5, 0), at("2024-05-01T00:01"): (2.5, 2)}
    assert plant.stored("P-1.run") == {at("2024-05-01T00:00"): (1.0, 0)}
    assert plant.stored("PLC.msg") == {at("2024-05-01T00:01"): ("Started; by hand", 0)}
    assert plant.stored("TT-102") == {at("2024-05-01T00:02"): (7.0, 1)}
    assert report.files[0].unmapped == ["Ghost"]
    assert [(p.line, p.column, p.text) for p in report.problems] == [(8, "state", "odd"), (7, "TT-101", "x")]


def test_the_same_names_without_a_mapping_are_tags(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load(LONG, "{layout: long, sensor_column: point, value_column: reading}")
    assert sorted(report.files[0].unmapped) == ["Ghost", "outside air"]
    assert len(plant.stored("TT-101")) == 2


def test_broken_rows_are_named_with_their_line(plant: Plant, load: Callable[..., ImportReport]) -> None:
    content = (
        'time,TT-101,"TT-102"\n2024-05-01,1,2\n\n2024-05-02,1\n"2024-05-03",1,2\n'
        "2024-05-04,1,2,3\nnever,1,2\n2024-05-05,1,2,\n"
    )
    report = load(content, dry_run=True)
    assert (report.rows, report.bad_rows, report.bad_times, report.samples) == (4, 2, 1, 6)
    assert [(p.line, p.why) for p in report.problems] == [
        (4, "has 2 cells instead of 3"),
        (6, "has 4 cells instead of 3"),
        (7, "is not a time in the format given"),
    ]


def test_line_numbers_are_right_far_into_a_file(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = [f"2024-05-01T00:00:00.{k:06d},{k % 7},1" for k in range(400_000)]
    rows[350_001] = "2024-05-01T00:00:00.350001,oops,1"
    report = load("time,TT-101,TT-102\n" + "\n".join(rows), dry_run=True)
    assert [(p.line, p.text) for p in report.problems] == [(350_003, "oops")]
    assert report.samples == 799_999 and report.duplicates == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_in_other_encodings(plant: Plant, load: Callable[..., ImportReport], encoding: str) -> None:
    content = "time;Außen (°C)\n2024-05-01 00:00:00;21,5\n".encode(encoding)
    load(content, "{decimal: ',', columns: {'Außen (°C)': TT-101}}")
    assert plant.stored("TT-101") == {at("2024-05-01"): (21.5, 0)}


def test_a_gzipped_file_without_a_header_with_date_and_time_apart(
    plant: Plant, load: Callable[..., ImportReport]
) -> None:
    content = gzip.compress(b"# made by X\r\n31.12.2023,23:59:30,5\r\n01.01.2024,00:00:00,6\r\n")
    load(
        content,
        "{skip: 1, header: false, time: {column: ['1', '2'], format: '%d.%m.%Y %H:%M:%S', zone: Asia/Dubai}, "
        "columns: {'3': TT-101}}",
        "log.csv.gz",
    )
    assert plant.stored("TT-101") == {at("2023-12-31T19:59:30"): (5.0, 0), at("2023-12-31T20:00"): (6.0, 0)}


def test_gaps_and_duplicates_of_a_dry_run(plant: Plant, load: Callable[..., ImportReport]) -> None:
    minutes = [*range(20), 19, *range(60, 80), 5]
    rows = "".join(f"2024-05-01 {m // 60:02d}:{m % 60:02d}:00,{m}\n" for m in minutes)
    report = load(f"time,TT-101\n{rows}", dry_run=True)
    (sensor,) = report.sensors
    assert (sensor.duplicates, sensor.out_of_order, sensor.gaps, sensor.interval_s) == (2, 1, 1, 60)
    assert (sensor.longest_gaps[0].start, sensor.longest_gaps[0].end) == (
        at("2024-05-01T00:19") // 10**6,
        at("2024-05-01T01:00") // 10**6,
    )
    assert plant.stored("TT-101") == {}
    assert plant.sensor("TT-101").interval_s is None


def test_the_hour_that_is_in_no_clock(plant: Plant, load: Callable[..., ImportReport]) -> None:
    content = "time,TT-101\n2014-03-09 01:45:00,1\n2014-03-09 02:15:00,2\n2014-03-09 03:30:00,3\n"
    assert load(content, "{time: {zone: America/Chicago}}", dry_run=True).samples == 2
    report = load(content, "{time: {zone: America/Chicago, skipped: shift}}")
    assert report.skipped_hour_rows == 1
    assert list(plant.stored("TT-101")) == [at("2014-03-09T07:45"), at("2014-03-09T08:15"), at("2014-03-09T08:30")]


def test_far_future_or_past_times_are_rejected(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load("time,TT-101\n2024-05-01,1\n2199-01-01,2\n1066-10-14 09:00:00,3\n", dry_run=True)
    assert report.samples == 1 and report.bad_times >= 1


def test_an_empty_file_and_one_with_a_header_only(plant: Plant, load: Callable[..., ImportReport]) -> None:
    assert load("").files[0].note == "the file is empty"
    assert load("time,TT-101\n").rows == 0


def test_a_mapping_that_cannot_be_meant(plant: Plant, load: Callable[..., ImportReport]) -> None:
    for mapping, why in [
        ("{columns: {a: TT-101, b: TT-101}}", "the columns 'a' and 'b' are both mapped to TT-101"),
        ("{columns: {q: TT-101}}", "none of its columns"),
        ("{layout: long}", "layout long needs"),
        ("{delimiter: '::'}", "`delimiter` is auto, whitespace or one character"),
        ("{time: {format: '%f %S'}}", "%f may only follow"),
        ("{encoding: klingon}", "There is no encoding"),
    ]:
        with pytest.raises(BadRequest, match=why):
            load("time,a,b\n2024-05-01,1,2\n", mapping)


def test_running_again_changes_nothing(plant: Plant, load: Callable[..., ImportReport]) -> None:
    content = "time,TT-101,P-1.run\n2024-05-01,1,0\n2024-05-02,2,1\n"
    load(content)
    once = plant.stored("TT-101"), plant.stored("P-1.run")
    load(content)
    assert (plant.stored("TT-101"), plant.stored("P-1.run")) == once


def test_a_mapping_in_yaml_and_in_json_is_the_same() -> None:
    yaml = "site: x\nstates: {On: 1, TRUE: 1}\nmissing: [-250, x]\n"
    assert load_mapping(yaml) == Mapping(site="x", states={"On": 1, "True": 1}, missing=[-250, "x"])
    assert load_mapping('{"site": "x", "missing": ["-9"]}').missing == ["-9"]


def test_progress_continues_over_many_files_without_a_report_for_each(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"log-{n}.csv" for n in range(12)]
    for n, path in enumerate(paths):
        path.write_text(f"time,TT-101\n2024-05-01 00:00:{n:02d},1\n")
    mapping, reported = load_mapping(f"site: {plant.slug}"), list[int]()
    total = sum(path.stat().st_size for path in paths)

    def loaded() -> list[int]:
        reported.clear()
        run(plant.tenant, paths, mapping, on_progress=lambda progress: reported.append(progress.bytes))
        return reported

    engine = sys.modules["ingest.imports.run"]
    monkeypatch.setattr(engine, "REPORT_INTERVAL_S", 3600)
    assert len(loaded()) == 2, "once at the beginning, once at the end"
    monkeypatch.setattr(engine, "REPORT_INTERVAL_S", 0)
    assert loaded() == sorted(reported) and reported[-1] == total and len(reported) > 12
