"""Small files that stand for very much: what reading them costs is bounded, while somebody waits more tightly."""

from __future__ import annotations

import re
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.imports import jobs, load_mapping
from ingest.imports.formats import arrow_file, budget, parquet_pages, unpacking, workbook
from ingest.imports.formats.budget import LOOK_S, Budget, Look, LookEnded
from ingest.imports.formats.files import Source
from ingest.imports.formats.readers import open_reader
from ingest.imports.formats.rows import MAX_SAMPLE_CELLS
from ingest.imports.formats.table import MAX_TABLE_BYTES
from ingest.imports.mapping.model import Mapping, TimeRule
from ingest.imports.run import check, run
from kernel.errors import BadRequest
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.test_import_files import at

SECOND = 1_000_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
FIRST = at("2024-05-01")


def sheet(path: Path, cells: dict[str, Any]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, value in {"A1": "when", "B1": "TT-101", **cells}.items():
        book.active[place] = value
    book.save(path)
    return path


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with another sheet than openpyxl would write."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    return path


def parquet(path: Path, rows: int, **options: Any) -> Path:
    """The same sample again and again, in pages that hold a million each."""
    one = pa.table({"when": pa.array([FIRST], pa.timestamp("ns")), "TT-101": [1.5]})
    with pq.ParquetWriter(path, one.schema, **options) as out:
        for start in range(0, rows, 5_000_000):
            out.write_table(one.take(pa.array(np.zeros(min(5_000_000, rows - start), np.int64))))
    return path


def arrow(path: Path, columns: dict[str, pa.Array], compression: str | None = "zstd") -> Path:
    table = pa.table(columns)
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as out:
        out.write_table(table)
    return path


def annotated(path: Path, tables: int) -> Path:
    """Each with a header of its own."""
    path.write_text("#group,false\n,_time,TT-101\n,2024-05-01T00:00:00Z,4\n" * tables)
    return path


class Steps(Look):
    """A look that counts how often something is spent, and what."""

    def __init__(self) -> None:
        super().__init__()
        self.spent: Counter[str] = Counter()

    def budget(self, path: Path) -> Budget:
        spent, inner = self.spent, super().budget(path)

        class Counting(Budget):
            def spend(self, rows: int = 0, bytes: int = 0) -> None:
                spent.update(calls=1, rows=rows, bytes=bytes)
                inner.spend(rows, bytes)

            def check(self) -> None:
                spent.update(calls=1)
                inner.check()

        return Counting(path)


def looked_at(path: Path, mapping: Mapping | None = None) -> Counter[str]:
    """What a look at the whole file spends."""
    look = Steps()
    with closing(open_reader(path, mapping or Mapping("s"), look.budget(path))) as reader:
        if (head := reader.head()) is not None:
            for _ in reader.tables(head.headers[:1], large=False):
                pass
    return look.spent


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
    with closing(open_reader(path, Mapping("s"), made := Budget(path))):
        opened = made.bytes
    with closing(open_reader(path, Mapping("s"), made := Budget(path))) as reader:
        reader.head()
    assert made.bytes - opened <= size


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


@pytest.mark.parametrize(
    "options", [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"use_dictionary": False}]
)
def test_a_head_costs_the_same_whatever_follows_it(tmp_path: Path, options: dict[str, Any]) -> None:
    def costs(rows: int) -> int:
        path = parquet(tmp_path / f"{rows}.parquet", rows, **options)
        with closing(open_reader(path, Mapping("s"), made := Budget(path))) as reader:
            head = reader.head()
        assert head is not None and len(head.rows) == 1_000
        return made.bytes

    assert costs(2_000_000) <= 1.1 * costs(1_200_000)


def test_a_look_at_very_many_equal_rows_ends(tmp_path: Path) -> None:
    path = parquet(tmp_path / "many.parquet", 3_000_000, compression="zstd")
    assert path.stat().st_size < 300_000
    look = Steps()
    with closing(open_reader(path, Mapping("s"), look.budget(path))) as reader, pytest.raises(LookEnded):
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass
    assert look.spent["rows"] <= budget.LOOK_ROWS + 100_000


def test_a_page_that_unpacks_to_far_more_than_its_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet(tmp_path / "page.parquet", 100_000, use_dictionary=False, compression="zstd")
    monkeypatch.setattr(parquet_pages, "MAX_PAGE_BYTES", 100_000)
    with closing(open_reader(path, Mapping("s"))) as reader, pytest.raises(BadRequest, match="a page unpacks to"):
        reader.head()


def test_the_pages_of_a_column_are_all_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    values = pa.array([f"text {k}" for k in range(30_000)])
    pq.write_table(pa.table({"v": values}), path, data_page_size=4_096, row_group_size=10_000)
    metadata = pq.ParquetFile(path).metadata
    for number in range(metadata.num_row_groups):
        column = metadata.row_group(number).column(0)
        found = list(parquet_pages.pages(path, column))
        assert len(found) > 5 and sum(rows for rows, _ in found) == 10_000
        assert 0 < column.total_uncompressed_size - sum(size for _, size in found) < 100 * len(found), "but for headers"


@pytest.mark.parametrize("kind", ["parquet", "arrow", "views"])
def test_a_text_of_many_rows_is_written_out_a_little_at_a_time(tmp_path: Path, kind: str) -> None:
    texts = pa.array(["x" * 100_000]).dictionary_encode().take(pa.array(np.zeros(5_000, np.int64)))
    path = tmp_path / "log.x"
    if kind == "parquet":
        pq.write_table(pa.table({"t": texts, "u": texts.cast(pa.string())}), path)
    elif kind == "arrow":
        arrow(path, {"t": texts})
    else:
        data = pa.py_buffer(b"x" * 100_000)
        view = struct.pack("<i4sii", 100_000, b"xxxx", 0, 0)
        shared = pa.Array.from_buffers(pa.string_view(), 5_000, [None, pa.py_buffer(view * 5_000), data])
        arrow(path, {"t": shared.slice(7)}, None)
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
        assert head is not None and sum(len(row[0]) for row in head.rows) <= MAX_TABLE_BYTES
        sizes = [table.bytes for table in reader.tables(["t"], large=False)]
    assert len(sizes) >= 7 and max(sizes) <= MAX_TABLE_BYTES


def test_a_batch_is_unpacked_only_if_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = pa.array(np.zeros(10_000_000))
    path = arrow(tmp_path / "zeros.arrow", {"when": zeros, "TT-101": zeros})
    assert path.stat().st_size < 50_000
    with pytest.raises(LookEnded):
        looked_at(path)
    monkeypatch.setattr(arrow_file, "MAX_BATCH_BYTES", 100_000_000)
    with pytest.raises(BadRequest, match="a batch of its rows unpacks to 160,"):
        open_reader(path, Mapping("s")).head()


def test_rows_that_take_no_room_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = arrow(tmp_path / "nothing.arrow", {"when": pa.nulls(2_000_000), "TT-101": pa.nulls(2_000_000)})
    assert path.stat().st_size < 2_000
    with pytest.raises(LookEnded):
        looked_at(path)
    monkeypatch.setattr(budget, "MAX_ROWS", 1_500_000)
    with (
        closing(open_reader(path, Mapping("s"))) as reader,
        pytest.raises(BadRequest, match="more than 1,500"),
    ):
        assert reader.head() is not None
        list(reader.tables(["when"], large=False))


def test_an_arrow_file_whose_offsets_lead_elsewhere_is_refused(tmp_path: Path) -> None:
    path = arrow(tmp_path / "log.arrow", {"when": pa.array(["abcdefgh", "ijklmnop"])}, None)
    data = path.read_bytes()
    assert data.count(struct.pack("<iii", 0, 8, 16)) == 1
    path.write_bytes(data.replace(struct.pack("<iii", 0, 8, 16), struct.pack("<iii", 0, 8, 1 << 30)))
    with closing(open_reader(path, Mapping("s"))) as reader, pytest.raises(BadRequest, match="cannot be read"):
        reader.head()


def test_columns_are_counted_and_a_wide_head_has_fewer_rows(tmp_path: Path) -> None:
    few, many = ({f"c{k}": pa.array(np.zeros(1_000)) for k in range(count)} for count in (10_000, LAST_COLUMN + 1))
    for path, write in ((tmp_path / "wide.parquet", _parquet_of), (tmp_path / "wide.arrow", arrow)):
        with closing(open_reader(write(path, few), Mapping("s"))) as reader:
            head = reader.head()
            assert head is not None and len(head.rows) * len(head.headers) <= MAX_SAMPLE_CELLS
        with pytest.raises(BadRequest, match="has 16,385 columns"):
            open_reader(write(path, many), Mapping("s"))


def _parquet_of(path: Path, columns: dict[str, pa.Array]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_of_no_single_values_are_passed_over(plant: Plant, tmp_path: Path) -> None:
    columns = {
        "when": pa.array([FIRST], pa.timestamp("ns")),
        "TT-101": pa.array([1.5]),
        "list": pa.array([[None] * 1_000_000]),
        "bytes": pa.array([b"1234"], pa.binary(4)),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["x"])),
    }
    path = arrow(tmp_path / "log.arrow", columns, None)
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
    assert head is not None and head.rows == [["2024-05-01 00:00:00.000000000", "1.5", "", "", ""]]
    run(plant.tenant, [path], load_mapping(f"site: {plant.slug}"))
    assert plant.stored("TT-101") == {FIRST: (1.5, 0)}


def test_many_headers_cost_what_their_number_is(tmp_path: Path) -> None:
    path, tables = annotated(tmp_path / "log.csv", 40_000), 0
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
        assert head is not None and len(head.rows) == 1_000
        for table in reader.tables(["_time", "TT-101"], large=False):
            tables += 1
            assert set(table.columns["TT-101"].to_pylist()) == {"4"}
    assert tables <= 3, "small ones are handed on together"


def test_the_head_of_many_tables_is_read_from_the_first_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.imports.formats import annotated_reader

    read: Counter[str] = Counter()

    def counted(*arguments: Any) -> Any:
        read.update(calls=1)
        return original(*arguments)

    original = annotated_reader.read_table
    monkeypatch.setattr(annotated_reader, "read_table", counted)
    with closing(open_reader(annotated(tmp_path / "log.csv", 10_000), Mapping("s"))) as reader:
        assert reader.head() is not None
    assert read["calls"] <= 1_000


def test_headers_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.imports.formats.annotated_reader.MAX_TABLES", 50)
    path = annotated(tmp_path / "log.csv", 51)
    with closing(open_reader(path, Mapping("s"))) as reader, pytest.raises(BadRequest, match="more than 50 tables"):
        reader.head()


def test_a_long_default_of_many_rows_is_written_out_a_little_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("#group,false,false\n#default,," + "x" * 100_000 + "\n,_time,_field\n" + ",1,\n" * 5_000)
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
        assert head is not None and 1 < len(head.rows) < 1_000
        sizes = [(len(table), table.bytes) for table in reader.tables(["_field"], large=False)]
    assert sum(rows for rows, _ in sizes) == 5_000 and max(size for _, size in sizes) < 2 * MAX_TABLE_BYTES


def test_the_tags_of_a_line_with_many_fields_are_written_out_a_little_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "log.lp"
    fields = ",".join(f"f{k}=1" for k in range(5_000))
    path.write_text(f"m,host={'x' * 100_000} {fields} 1700000000\n")
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
        assert head is not None and 1 < len(head.rows) < 1_000
        sizes = [(len(table), table.bytes) for table in reader.tables(["host", "field"], large=False)]
    assert sum(rows for rows, _ in sizes) == 5_000 and max(size for _, size in sizes) < MAX_TABLE_BYTES + 1_000_000


@pytest.mark.parametrize("packed", [False, True])
def test_a_look_counts_what_is_unpacked(tmp_path: Path, packed: bool) -> None:
    import gzip

    data = b"when,TT-101\n" + b"2024-05-01,1\n" * 6_000_000
    path = tmp_path / "log.csv"
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    look = Steps()
    with pytest.raises(LookEnded), closing(open_reader(path, Mapping("s"), look.budget(path))) as reader:
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass
    assert look.spent["bytes"] <= budget.LOOK_BYTES + (5 << 20)


def test_what_a_job_unpacks_is_bounded(plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"when,TT-101\n" + b"2024-05-01,1\n" * 500_000))
    monkeypatch.setattr(budget, "MAX_UNPACKED", 5 << 20)
    with pytest.raises(BadRequest, match=r"log.csv.gz unpacks to more than 0 GiB; split it"):
        run(plant.tenant, [path], load_mapping(f"site: {plant.slug}"))
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert run(plant.tenant, [path], load_mapping(f"site: {plant.slug}")).rows == 500_000, "a plain file is what it is"


class Clock:
    """A second passes whenever it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.mark.parametrize("kind", ["csv", "lp", "annotated", "xlsx", "parquet", "arrow"])
def test_a_look_at_any_format_ends_in_time(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"log.{kind}"
    match kind:
        case "csv":
            path.write_text("when,TT-101\n" + "2024-05-01,1\n" * 5_000_000)
        case "lp":
            path.write_text("m,a=b c=1 1700000000\n" * 3_000_000)
        case "annotated":
            annotated(path, 20_000)
        case "xlsx":
            sheet(path, {f"A{k}": "2024-05-01" for k in range(2, 40_000)})
        case "parquet":
            parquet(path, 900_000)
        case "arrow":
            arrow(path, {"when": pa.nulls(900_000)})
    clock = Clock()
    with pytest.raises(LookEnded), closing(open_reader(path, Mapping("s"), Look(clock).budget(path))) as reader:
        head = reader.head()
        assert head is not None
        list(reader.tables(head.headers[:1], large=False))
    assert clock.now <= LOOK_S + 3


def test_files_that_the_look_leaves_out_are_told_by_the_job(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text("when,TT-101\n2024-05-01,1\n")
    bad.write_text("when,ghost\n2024-05-01,1\n")
    mapping = load_mapping(f"{{site: {plant.slug}, columns: {{TT-101: TT-101, other: TT-102}}}}")
    with pytest.raises(BadRequest, match="none of its columns"):
        check(plant.tenant, [good, bad], mapping)
    monkeypatch.setattr("ingest.imports.formats.budget.LOOK_S", -1.0)
    check(plant.tenant, [good, bad], mapping)
    with pytest.raises(BadRequest, match="none of its columns"):
        run(plant.tenant, [good, bad], mapping, dry_run=True)


@pytest.fixture
def nothing_uploaded(plant: Plant) -> Iterator[None]:
    import shutil

    yield
    shutil.rmtree(jobs.uploads_of(plant.tenant), ignore_errors=True)


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "arrow", "annotated"])
def test_an_upload_of_a_few_packed_bytes_is_answered(
    plant: Plant, client_for: ClientFor, tmp_path: Path, kind: str, nothing_uploaded: None
) -> None:
    """Each of these kept the server busy for minutes."""
    path = tmp_path / f"log.{kind}"
    match kind:
        case "xlsx":
            sheet(path, {"A2": "2024-05-01", "B2": 1, f"A{LAST_ROW}": "2024-05-02"})
        case "parquet":
            parquet(path, 10_000_000, compression="zstd")
        case "arrow":
            arrow(path, {"when": pa.array(np.zeros(20_000_000)), "TT-101": pa.array(np.zeros(20_000_000))})
        case "annotated":
            annotated(path, 20_000)
    assert path.stat().st_size < 1_200_000
    form = {"mapping": f"site: {plant.slug}", "file": SimpleUploadedFile(path.name, path.read_bytes())}
    answer = client_for("engineer", plant.tenant).post("/api/v1/imports?dry_run=1", form)
    assert answer.status_code == 202, answer.content


def test_rows_at_an_interval_between_far_cells_are_bounded(tmp_path: Path) -> None:
    mapping = Mapping("s", time=TimeRule(start="2024-05-01", interval="1min"))
    path = sheet(tmp_path / "far.xlsx", {"A2": 1, f"A{LAST_ROW}": 1})
    with closing(open_reader(path, mapping, Look().budget(path))) as reader, pytest.raises(LookEnded):
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass


def test_a_source_knows_what_it_has_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"a,b\n" * 1_000_000)
    with closing(Source(path, "auto", made := Budget(path))) as source:
        assert sum(len(chunk.data) for chunk in source.chunks()) == made.bytes == 4_000_000


@pytest.mark.parametrize("kind", ["lp", "annotated"])
def test_a_large_plain_file_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Its lines count, and their cells."""
    path = tmp_path / f"log.{kind}"
    lines = "#group,false,false\n,_time,_value\n" + ",2024-05-01T00:00:00Z,4\n" * 50_000
    path.write_text(lines if kind == "annotated" else "m,host=a value=1 1700000000\n" * 50_000)
    monkeypatch.setattr(budget, "MAX_UNPACKED", 1 << 20)
    assert path.stat().st_size > 1 << 20
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
        assert head is not None
        assert sum(len(table) for table in reader.tables(head.headers, large=False)) == 50_000


def test_a_page_whose_header_is_long_is_read(tmp_path: Path) -> None:
    """A header has the least and the greatest cell of its page."""
    texts = [f"{k:04}{'x' * 600}" for k in range(50)]
    path = _parquet_of(tmp_path / "log.parquet", {"t": pa.array(texts)})
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    first = path.read_bytes()[column.data_page_offset :][: parquet_pages.HEADER_BYTES]
    assert parquet_pages._header(first) is None, "it is longer than what is looked at first"
    with closing(open_reader(path, Mapping("s"))) as reader:
        head = reader.head()
    assert head is not None and [row[0] for row in head.rows] == texts


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["v", "v"]), path)
    with pytest.raises(BadRequest, match=r"log.parquet has 2 columns named 'v'"):
        open_reader(path, Mapping("s"))
