"""Small files that stand for very much, and how it is counted what reading them costs."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.imports.formats.budget import Budget, Look
from ingest.imports.formats.readers import open_reader
from ingest.imports.mapping.model import Mapping
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
    steps = Steps()
    with closing(open_reader(path, mapping or Mapping("s"), steps.budget(path))) as reader:
        if (head := reader.head()) is not None:
            for _ in reader.tables(head.headers[:1], large=False):
                pass
    return steps.spent
