"""`auto` decides over all rows and files, and never chooses a format that fits only a part of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ingest.imports import ImportReport, jobs, load_mapping, run
from ingest.imports.run import check
from ingest.imports.times.formats import FormatSearch, settle
from ingest.imports.times.zones import zone_of
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at


def search(*tables: list[str], name: str = "f.csv") -> FormatSearch:
    found, line = FormatSearch(zone_of("America/Chicago"), name), 2
    for cells in tables:
        found.add(pa.array(cells, pa.string()), np.arange(line, line + len(cells)))
        line += len(cells)
    return found


def formats(*tables: list[str]) -> list[str]:
    found = search(*tables)
    settle([found], complete=True)
    return found.formats


@pytest.mark.parametrize(
    ("sample", "form"),
    [
        (["2024-01-01 00:00:00"], "iso"),
        (["1709201673", "1709201674"], "epoch_s"),
        (["1709201673000"], "epoch_ms"),
        (["5/17/2022 12:00"], "%m/%d/%Y %H:%M"),
        (["17/5/2022 12:00:01"], "%d/%m/%Y %H:%M:%S"),
        (["22-May-22 12:30:00 PM CDT"], "%d-%b-%y %I:%M:%S %p %Z"),
        (["31.12.2023 23:59"], "%d.%m.%Y %H:%M"),
        (["31.12.2023 23:59:00", "31.12.2023 23:59:00.5"], "%d.%m.%Y %H:%M:%S.%f"),
        (["31/12/2023"], "%d/%m/%Y"),
        (["", "  ", "12 May 2024 4:00 AM"], "%d %b %Y %I:%M %p"),
        ([], "iso"),
    ],
)
def test_a_format_is_found_where_only_one_fits(sample: list[str], form: str) -> None:
    assert formats(sample) == [form]


def test_a_day_that_may_be_a_month_is_decided_by_a_later_row() -> None:
    rows = [f"{1 + k // 1440}/7/2022 {k % 1440 // 60}:{k % 60:02d}" for k in range(13 * 1440)]
    assert formats(rows[:1000], rows[1000:]) == ["%d/%m/%Y %H:%M"]


def test_an_ambiguous_order_of_day_and_month_must_be_declared() -> None:
    with pytest.raises(BadRequest, match=r"can be read as %m/%d/%Y %H:%M or as %d/%m/%Y %H:%M, in all 1 rows"):
        formats(["5/7/2022 12:00"])


def test_a_file_is_read_as_another_one_shows() -> None:
    one, other = search(["5/7/2022 12:00"]), search(["25/7/2022 12:00:30"])
    settle([one, other], complete=True)
    assert one.formats == ["%d/%m/%Y %H:%M"]


def test_files_that_show_both_orders_decide_nothing_for_a_third() -> None:
    searches = [search(["5/7/2022 1:00"]), search(["25/7/2022 1:00"]), search(["7/25/2022 1:00"])]
    with pytest.raises(BadRequest, match=r"Other files have %d/%m/%Y and %m/%d/%Y\. Say which"):
        settle(searches, complete=True)


def test_what_is_not_all_read_yet_is_left_open() -> None:
    found = search(["5/7/2022 12:00"])
    settle([found], complete=False)
    assert found.dates == {"%m/%d/%Y", "%d/%m/%Y"}


def test_a_format_that_fits_half_of_the_rows_is_refused_with_the_other_one() -> None:
    slashed = [f"7/{13 + k // 60}/2022 10:{k % 60:02d}" for k in range(600)]
    dotted = [f"{13 + k // 60}.08.2022 10:{k % 60:02d}" for k in range(400)]
    with pytest.raises(BadRequest) as refused:
        formats(slashed, dotted)
    assert refused.value.problem == "partial-time"
    assert "%m/%d/%Y %H:%M reads 600 of 1,000 times, but not '13.08.2022 10:00' in line 602" in refused.value.detail
    assert "%d.%m.%Y %H:%M reads 400 of 400 of these" in refused.value.detail


def test_days_and_months_that_change_places_are_refused() -> None:
    with pytest.raises(BadRequest, match=r"reads 1,000 of 1,300 times.* %d/%m/%Y %H:%M reads 300 of 300"):
        formats(["7/25/2022 10:00"] * 1000, ["25/7/2022 10:00"] * 300)


def test_a_third_that_no_format_reads_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"reads 60 of 100 times, but not 'n/a .*no known format reads these"):
        formats(["2024-05-01 00:00"] * 60, ["n/a yet"] * 40)


def test_some_broken_times_are_no_reason_to_refuse() -> None:
    assert formats(["2024-05-01 00:00", "never", "2024-05-01 00:02", "2024-05-01 00:03"]) == ["iso"]


def test_the_same_dates_with_and_without_seconds() -> None:
    rows = ["7/25/2022 10:00", "7/25/2022 10:00:30"] * 50
    assert formats(rows) == ["%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S"]


def test_an_unknown_time_format_is_reported_with_a_remedy() -> None:
    with pytest.raises(BadRequest, match="'the first of May' is in no known format"):
        formats(["the first of May"])


@pytest.fixture
def load(plant: Plant, tmp_path: Path) -> Callable[..., ImportReport]:
    def make(*contents: str) -> ImportReport:
        paths = [tmp_path / f"{number}.csv" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_text(content)
        mapping = load_mapping(f"{{site: {plant.slug}}}")
        check(plant.tenant, paths, mapping)
        return run(plant.tenant, paths, mapping)

    return make


def test_a_later_file_decides_for_the_first(plant: Plant, load: Callable[..., ImportReport]) -> None:
    report = load("t,TT-101\n05/07/2024 10:00,1\n", "t,TT-101\n25/07/2024 10:00,2\n")
    assert plant.stored("TT-101") == {at("2024-07-05T10:00"): (1.0, 0), at("2024-07-25T10:00"): (2.0, 0)}
    assert [file.time_formats for file in report.files] == [["%d/%m/%Y %H:%M"]] * 2


def test_a_format_for_half_of_a_file_writes_nothing(plant: Plant, load: Callable[..., ImportReport]) -> None:
    rows = "".join(f"07/{13 + k}/2024 10:00,1\n" for k in range(10)) + "".join(
        f"{13 + k}.08.2024 10:00,1\n" for k in range(10)
    )
    with pytest.raises(BadRequest, match="reads 10 of 20 times"):
        load(f"t,TT-101\n{rows}")
    assert plant.stored("TT-101") == {}


def test_a_large_upload_is_decided_by_the_job(plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("ingest.imports.run"), "MAX_CHECKED_BYTES", 10)
    monkeypatch.setattr("ingest.imports.formats.csv_reader.LARGE_BLOCK", 64)
    monkeypatch.setattr("ingest.imports.formats.files.HEAD", 64)
    path = tmp_path / "log.csv"
    path.write_text("t,TT-101\n" + "".join(f"05/07/2024 10:{k:02d},1\n" for k in range(60)))
    job = jobs.queue(plant.tenant, [(path.name, path)], f"{{site: {plant.slug}}}", True, "ann", 0)
    jobs.perform(plant.tenant, job.id, lambda: 0)
    ended = jobs.read(plant.tenant, job.id)
    assert ended.state == "failed" and "can be read as" in (ended.error or "")


def test_a_building_s_files_decide_for_those_whose_rows_do_not(
    acme: TenantConnection, plant_of: Callable[..., Plant], shared_data: Path
) -> None:
    files = sorted((shared_data / "bas" / "vav").glob("VAV-1_*.csv"))
    plant = plant_of(acme, [{"tag": file.stem, "name": file.stem} for file in files], timezone="America/Chicago")
    mapping = load_mapping(f"{{site: {plant.slug}, files: {{'{{p}}.csv': '{{p}}'}}}}")
    report = run(plant.tenant, files, mapping)
    formats = {file.file: file.time_formats for file in report.files}
    assert formats["VAV-1_ACTCLGSP.csv"] == ["%m/%d/%Y %H:%M"], "its own rows may as well be read %d/%m"
    assert len(plant.stored("VAV-1_ACTCLGSP")) > 100 and report.bad_times == 0
