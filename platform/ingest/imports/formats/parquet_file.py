"""A Parquet file's batches of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.imports.formats.budget import Budget
from ingest.imports.formats.parquet_pages import pages
from kernel.errors import BadRequest

FOOTER_WEIGHT = 4  # bytes in memory for one of the footer


class ParquetFile:
    def __init__(self, path: Path, budget: Budget) -> None:
        self._path, self._budget = path, budget
        budget.spend(bytes=FOOTER_WEIGHT * _footer_bytes(path))
        with pq.ParquetFile(path) as file:
            metadata, schema = file.metadata, file.schema_arrow
        if twice := [name for name, count in Counter(schema.names).items() if count > 1]:
            raise BadRequest(
                f"{path.name} has {schema.names.count(twice[0])} columns named {twice[0][:80]!r}; write the file with "
                "a name of its own for each.",
                slug="bad-file",
            )
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        self._file = pq.ParquetFile(path, metadata=metadata, read_dictionary=texts)  # a text of many rows once
        self.schema: pa.Schema = self._file.schema_arrow

    def batches(self, places: Sequence[int], rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
        metadata, done = self._file.metadata, 0
        known = self.schema.names  # a new list at each look
        names = [known[place] for place in places]
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            costs = _Costs(self._path, group, set(names))
            batches = self._file.iter_batches(rows, row_groups=[number], columns=names)
            for end in range(rows, group.num_rows + rows, rows):
                self._budget.spend(bytes=costs.until(end))
                batch = next(batches, None)
                if batch is None:
                    break
                done += batch.num_rows
                yield batch.select(names), min(1.0, done / max(1, metadata.num_rows))

    def close(self) -> None:
        self._file.close()


class _Costs:
    """What reading on in a group of rows unpacks."""

    def __init__(self, path: Path, group: Any, names: set[str]) -> None:
        chunks = [group.column(place) for place in range(group.num_columns)]
        self._pages = [pages(path, chunk) for chunk in chunks if chunk.path_in_schema in names]
        self._ends = [0] * len(self._pages)

    def until(self, row: int) -> int:
        """Bytes of the pages with rows before this one that have not been counted yet."""
        total = 0
        for place, column in enumerate(self._pages):
            while self._ends[place] < row and (page := next(column, None)) is not None:
                self._ends[place] += page[0]
                total += page[1]
        return total


def _footer_bytes(path: Path) -> int:
    """A file ends with its footer, the footer's length and a mark."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8))
        return int.from_bytes(file.read(4), "little")
