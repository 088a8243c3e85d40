"""Workbooks, Parquet, Arrow and archives: the same samples as from CSV; sizes are limited before unpacking."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from ingest.imports import ImportReport, jobs, load_mapping, run
from ingest.imports.formats.unpacking import unpack
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at

START = datetime(2024, 5, 1)  # noqa: DTZ001  a workbook knows no zones
MOMENTS = [START + timedelta(minutes=k) for k in range(3)]
WANTED = {at(f"2024-05-01T00:0{k}"): (value, 0) for k, value in enumerate((1.5, 2.0, -3.25))}


@pytest.fixture
def load(plant: Plant) -> Callable[..., ImportReport]:
    def make(path: Path, mapping: str = "{}") -> ImportReport:
        return run(plant.tenant, [path], load_mapping(mapping.replace("{", f"{{site: {plant.slug}, ", 1)))

    return make


def workbook(path: Path, rows: list[list[Any]], title: str = "Log") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.create_sheet("Notes").append(["nothing"])
    book.save(path)
    return path


ROWS: list[list[Any]] = [
    ["when", "TT-101", "P-1.run"],
    *([t, v, "Running"] for t, v in zip(MOMENTS, (1.5, 2, -3.25), strict=True)),
]


def test_a_workbook(plant: Plant, load: Callable[..., ImportReport], tmp_path: Path) -> None:
    report = load(workbook(tmp_path / "log.xlsx", [["Exported by PLC"], [], *ROWS]), "{skip: 1}")
    assert plant.stored("TT-101") == WANTED
    assert plant.stored("P-1.run") == {t: (1.0, 0) for t in WANTED}
    assert (report.samples, report.files[0].encoding) == (6, "xlsx")


def test_a_workbook_s_other_sheet_and_one_that_is_not_there(
    plant: Plant, load: Callable[..., ImportReport], tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Mai 2024")
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "log.xlsx")
    load(tmp_path / "log.xlsx", "{sheet: Mai 2024}")
    assert plant.stored("TT-101") == WANTED
    with pytest.raises(BadRequest, match="no sheet “June”; it has Sheet, Mai 2024"):
        load(tmp_path / "log.xlsx", "{sheet: June}")


def columns(zone: str | None) -> pa.Table:
    return pa.table(
        {
            "when": pa.array(MOMENTS, pa.timestamp("us", zone)),
            "TT-101": pa.array([1.5, 2.0, -3.25]),
            "P-1.run": pa.array(["Running"] * 3).dictionary_encode(),
            "notes": pa.array([[1], [2], [3]]),
        }
    )


@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_with_types(
    plant: Plant, load: Callable[..., ImportReport], tmp_path: Path, kind: str, zone: str | None
) -> None:
    path = tmp_path / f"log.{kind}"
    if kind == "parquet":
        pq.write_table(columns(zone), path, row_group_size=2)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, columns(zone).schema) as out:
            out.write_table(columns(zone), 2)
    report = load(path, "{ignore: [notes]}")
    assert plant.stored("TT-101") == WANTED and plant.stored("P-1.run").keys() == WANTED.keys()
    assert report.files[0].encoding == kind


def archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return packed.getvalue()


CSV = b"when,TT-101\n2024-05-01 00:00,1.5\n2024-05-01 00:01,2\n"
MORE = b"when,TT-101\n2024-05-01 00:02,-3.25\n"


def test_an_archive_s_files_are_imported_by_their_names(plant: Plant, tmp_path: Path) -> None:
    from django.core.management import call_command

    path, mapping = tmp_path / "all.zip", tmp_path / "map.yaml"
    path.write_bytes(archive({"2024/a.csv": CSV, "2024/b.csv": MORE, "__MACOSX/._a.csv": b"x", "2024/.DS_Store": b"x"}))
    mapping.write_text(f"site: {plant.slug}")
    call_command("import_history", str(path), tenant=plant.tenant.slug, mapping=mapping)
    assert plant.stored("TT-101") == WANTED


def test_what_an_archive_may_not_be(tmp_path: Path) -> None:
    def refused(members: dict[str, bytes], match: str) -> None:
        path = tmp_path / "a.zip"
        path.write_bytes(archive(members))
        with pytest.raises(BadRequest, match=match):
            list(unpack(path, "a.zip", tmp_path / "out"))

    refused({}, "holds no files")
    refused({"bomb.csv": bytes(300 << 20)}, "implausible for its size")
    refused({f"{k}.csv": b"x" for k in range(10_001)}, "at most 10,000")


def test_an_archive_member_stays_in_its_folder_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"../../etc/passwd": b"x", "/abs.csv": b"y", "c:\\d\\e.csv": b"z", "..": b"no"}))
    found = list(unpack(path, "a.zip", tmp_path / "out"))
    assert [name for name, _ in found] == ["passwd", "abs.csv", "e.csv"]
    assert all(place.resolve().is_relative_to(tmp_path / "out") for _, place in found)


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused(
    load: Callable[..., ImportReport], tmp_path: Path
) -> None:
    path = tmp_path / "bomb.xlsx"
    members = {"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(400 << 20)}
    path.write_bytes(archive(members))
    with pytest.raises(BadRequest, match="save it as CSV"):
        load(path)


def test_a_workbook_names_no_file_of_ours(load: Callable[..., ImportReport], tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", ROWS)
    evil = tmp_path / "evil.xlsx"
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, rest = data.split(b"<worksheet", 1)
                data = head + entity + b"<worksheet" + rest.replace(b"<sheetData>", b"<sheetData>&e;", 1)
            new.writestr(name, data)
    with pytest.raises(BadRequest):
        load(evil)


@pytest.mark.parametrize("start", [b"PK\x03\x04broken", b"PAR1broken", b"ARROW1broken"])
def test_broken_archives_are_reported(load: Callable[..., ImportReport], tmp_path: Path, start: bytes) -> None:
    (tmp_path / "x").write_bytes(start)
    with pytest.raises(BadRequest):
        load(tmp_path / "x")


def test_uploaded_archives_list_their_members(plant: Plant, client_for: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client: Client = client_for("engineer", plant.tenant)
    upload = SimpleUploadedFile("all.zip", archive({"a.csv": CSV, "b.csv": MORE}))
    response = client.post("/api/v1/imports?dry_run=1", {"mapping": f"{{site: {plant.slug}}}", "file": upload})
    assert response.status_code == 202, response.content
    assert [file["name"] for file in response.json()["files"]] == ["a.csv", "b.csv"]
    shutil.rmtree(jobs.folder_of(plant.tenant, response.json()["id"]))  # other tests count what lies there
    again = SimpleUploadedFile("all.zip", archive({"inner.zip": archive({"a.csv": CSV})}))
    refused = client.post("/api/v1/imports?dry_run=1", {"mapping": f"{{site: {plant.slug}}}", "file": again})
    assert refused.status_code == 400 and "unpack it first" in refused.json()["detail"]
