"""Parquet and Arrow files that stand for very much: what reading them costs is bounded."""

from __future__ import annotations

import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.imports import load_mapping
from ingest.imports.formats import arrow_file, budget, parquet_pages
from ingest.imports.formats.budget import Budget, LookEnded
from ingest.imports.formats.readers import open_reader
from ingest.imports.formats.rows import MAX_SAMPLE_CELLS
from ingest.imports.formats.table import MAX_TABLE_BYTES
from ingest.imports.mapping.model import Mapping
from ingest.imports.run import run
from kernel.errors import BadRequest
from tests.ingest.conftest import Plant
from tests.ingest.packed_files import (
    FIRST,
    LAST_COLUMN,
    Steps,
    arrow,
    looked_at,
    parquet,
)


@pytest.mark.parametrize(
    "options", [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"use_dictionary": False}]
)
def test_a_head_costs_the_same_whatever_follows_it(tmp_path: Path, options: dict[str, Any]) -> None:
    def costs(rows: int) -> int:
        path = parquet(tmp_path / f"{rows}.parquet", rows, **options)
        with closing(open_reader(path, Mapping("s"), budget := Budget(path))) as reader:
            head = reader.head()
        assert head is not None and len(head.rows) == 1_000
        return budget.bytes

    assert costs(2_000_000) <= 1.1 * costs(1_200_000)


def test_a_look_at_very_many_equal_rows_ends(tmp_path: Path) -> None:
    path = parquet(tmp_path / "many.parquet", 3_000_000, compression="zstd")
    assert path.stat().st_size < 300_000
    steps = Steps()
    with closing(open_reader(path, Mapping("s"), steps.budget(path))) as reader, pytest.raises(LookEnded):
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass
    assert steps.spent["rows"] <= budget.MAX_PREVIEW_ROWS + 100_000


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
