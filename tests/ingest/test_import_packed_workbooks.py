"""Workbooks and archives that stand for very much: what reading them costs is bounded."""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from ingest.imports import load_mapping
from ingest.imports.formats import unpacking, workbook
from ingest.imports.formats.budget import Budget, Look, LookEnded
from ingest.imports.formats.readers import open_reader
from ingest.imports.formats.table import MAX_TABLE_BYTES
from ingest.imports.mapping.model import Mapping, TimeRule
from ingest.imports.run import run
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.packed_files import (
    FIRST,
    LAST_ROW,
    SECOND,
    looked_at,
    rewritten,
    sheet,
)


@pytest.mark.parametrize("mapping", [Mapping("s"), Mapping("s", header=False)])
@pytest.mark.parametrize("place", [f"A{LAST_ROW}", f"XFD{LAST_ROW // 2}"])
def test_a_far_cell_costs_as_much_as_a_near_one(tmp_path: Path, place: str, mapping: Mapping) -> None:
    near = looked_at(sheet(tmp_path / "near.xlsx", {"A2": "2024-05-01", "A3": 1}), mapping)
    far = looked_at(sheet(tmp_path / "far.xlsx", {"A2": "2024-05-01", place: 1}), mapping)
    assert far["calls"] <= near["calls"] + 2 and far["rows"] <= near["rows"] + 2


def test_a_far_cell_keeps_its_row_s_number(plant: Plant, tmp_path: Path) -> None:
    path = sheet(tmp_path / "far.xlsx", {"A2": "2024-05-01", "B2": 1, "A500000": "2024-05-02", "B500000": "x"})
    report = run(plant.tenant, [path], load_mapping(f"site: {plant.slug}"))
    assert plant.stored("TT-101") == {FIRST: (1.0, 0)}
    assert [(p.line, p.text) for p in report.problems] == [(500_000, "x")]
    assert (report.rows, report.bad_times) == (2, 0), "rows without cells are no rows"


def test_where_rows_follow_at_an_interval_the_empty_ones_count(plant: Plant, tmp_path: Path) -> None:
    path = sheet(tmp_path / "log.xlsx", {"A1": "TT-101", "B1": None, "A2": 1, "A5": 4})
    mapping = f"{{site: {plant.slug}, time: {{start: '2024-05-01', interval: 1min}}}}"
    run(plant.tenant, [path], load_mapping(mapping))
    assert plant.stored("TT-101") == {FIRST: (1.0, 0), FIRST + 180 * SECOND: (4.0, 0)}


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (b'r="2"', b'r="1048577"', "has a row 1048577"),
        (b'r="2"', b'r="%s"' % (b"9" * 30), "has a row 9{20}; a sheet has at most 1,048,576"),
        (b'r="A2"', b'r="XFE2"', "column 16,385"),
        (b'<c r="A2"', b"<c " + b" " * (9 << 20) + b'r="A2"', "longer than 8 MiB"),
        (b"<sheetData>", b"<cols>" + b" " * (9 << 20) + b"</cols><sheetData>", "longer than 8 MiB"),
    ],
)
def test_what_a_sheet_may_not_have(tmp_path: Path, old: bytes, new: bytes, match: str) -> None:
    path = rewritten(sheet(tmp_path / "odd.xlsx", {"A2": 1}), lambda data: data.replace(old, new, 1))
    with pytest.raises(BadRequest, match=match):
        looked_at(path)


def test_a_sheet_that_does_not_say_its_size_is_read_once(tmp_path: Path) -> None:
    path = sheet(tmp_path / "log.xlsx", {"A2": 1})
    size = len(zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml"))
    rewritten(path, lambda data: re.sub(rb"<dimension[^>]*>", b"", data))
    with closing(open_reader(path, Mapping("s"), budget := Budget(path))):
        opened = budget.bytes
    with closing(open_reader(path, Mapping("s"), budget := Budget(path))) as reader:
        reader.head()
    assert budget.bytes - opened <= size


def test_a_text_that_many_cells_share_is_written_out_a_little_at_a_time(tmp_path: Path) -> None:
    text, rows = "x" * 32_000, 6_000
    path = sheet(tmp_path / "log.xlsx", {f"A{row}": text for row in range(2, rows + 2)})
    assert path.stat().st_size < 300_000
    with closing(open_reader(path, Mapping("s"))) as reader:
        assert reader.head() is not None
        sizes = [(len(table), table.bytes) for table in reader.tables(["when"], large=False)]
    assert sum(count for count, _ in sizes) == rows
    assert max(size for _, size in sizes) < MAX_TABLE_BYTES + 1_000_000


def test_styles_and_texts_of_a_workbook_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheet(tmp_path / "log.xlsx", {"A2": "x"})
    for bound in ("MAX_SETTINGS", "MAX_TEXTS"):
        with monkeypatch.context() as patch, pytest.raises(BadRequest, match="save it as CSV"):
            patch.setattr(workbook, bound, 100)
            open_reader(path, Mapping("s"))


def test_a_list_of_members_is_bounded_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as out:
        for number in range(2_000):
            out.writestr(f"{number}.csv", "")
    monkeypatch.setattr(unpacking, "MAX_CONTENTS", 50_000)
    with pytest.raises(BadRequest, match=r"logs\.zip lists more files"):
        unpacking.is_zip(path, "logs.zip")


def test_rows_at_an_interval_between_far_cells_are_bounded(tmp_path: Path) -> None:
    mapping = Mapping("s", time=TimeRule(start="2024-05-01", interval="1min"))
    path = sheet(tmp_path / "far.xlsx", {"A2": 1, f"A{LAST_ROW}": 1})
    with closing(open_reader(path, mapping, Look().budget(path))) as reader, pytest.raises(LookEnded):
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass
