"""Small files that stand for very much: what reading them costs is bounded, while somebody waits more tightly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest.imports import jobs, load_mapping
from ingest.imports.formats import budget
from ingest.imports.formats.budget import PREVIEW_TIMEOUT_S, Budget, Look, LookEnded
from ingest.imports.formats.files import Source
from ingest.imports.formats.readers import open_reader
from ingest.imports.formats.table import MAX_TABLE_BYTES
from ingest.imports.mapping.model import Mapping
from ingest.imports.run import check, run
from kernel.errors import BadRequest
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.packed_files import (
    LAST_ROW,
    Steps,
    annotated,
    arrow,
    parquet,
    sheet,
)


def test_many_headers_cost_what_their_number_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.imports.formats.annotated_reader.ROWS_PER_TABLE", 5_000)
    path, tables = annotated(tmp_path / "log.csv", 10_000), 0
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
    steps = Steps()
    with pytest.raises(LookEnded), closing(open_reader(path, Mapping("s"), steps.budget(path))) as reader:
        assert reader.head() is not None
        for _ in reader.tables(["when"], large=False):
            pass
    assert steps.spent["bytes"] <= budget.MAX_PREVIEW_BYTES + (5 << 20)


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
            path.write_text(f"m,a={'b' * 1_000} c=1 1700000000\n" * 65_000)  # few lines, as many blocks
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
    assert clock.now <= PREVIEW_TIMEOUT_S + 3


def test_files_that_the_look_leaves_out_are_told_by_the_job(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text("when,TT-101\n2024-05-01,1\n")
    bad.write_text("when,ghost\n2024-05-01,1\n")
    mapping = load_mapping(f"{{site: {plant.slug}, columns: {{TT-101: TT-101, other: TT-102}}}}")
    with pytest.raises(BadRequest, match="none of its columns"):
        check(plant.tenant, [good, bad], mapping)
    monkeypatch.setattr("ingest.imports.formats.budget.PREVIEW_TIMEOUT_S", -1.0)
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
    response = client_for("engineer", plant.tenant).post("/api/v1/imports?dry_run=1", form)
    assert response.status_code == 202, response.content


def test_a_source_knows_what_it_has_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"a,b\n" * 1_000_000)
    with closing(Source(path, "auto", budget := Budget(path))) as source:
        assert sum(len(chunk.data) for chunk in source.chunks()) == budget.bytes == 4_000_000


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
