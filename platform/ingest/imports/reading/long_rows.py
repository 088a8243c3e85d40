"""Rows of long files by sensor name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.formats.table import Table
from ingest.imports.times.zones import Ints


def names_of(table: Table, columns: Sequence[str]) -> pa.StringArray:
    """The name of each row's sensor."""
    cells = [pc.utf8_trim_whitespace(table.columns[name]) for name in columns]
    return cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, ".")


def rows_by_name(names: pa.StringArray) -> Iterator[tuple[str, Ints]]:
    """Each name with its rows, in order."""
    coded = names.dictionary_encode()
    codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(coded.dictionary)), "right")
    start = 0
    for name, end in zip(coded.dictionary.to_pylist(), ends.tolist(), strict=True):
        yield name, order[start:end]
        start = end
