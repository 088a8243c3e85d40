"""InfluxDB as a source of samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from stores.samples import Raw, Request, RowRange, SampleRange
from stores.timeseries.client import Timeseries
from stores.timeseries.statements import LADDER, row_measurement, select
from stores.timeseries.translation import BY_SENSOR, field_of, row_columns, translated

TAGS = {"tags": pa.dictionary(pa.int32(), pa.string())}
TYPES = {"text": pa.string(), "value": pa.float64()}
# In CSV a missing text looks like an empty one, so InfluxDB has to exclude numbers of a sensor that has texts now.
PRESENT = {"text": """("text" != '' OR "text" = '')""", "value": ""}


class InfluxSource:
    """A tenant's InfluxDB as `stores.samples.SampleSource`. Raises as `Timeseries` does."""

    def __init__(self, store: Timeseries) -> None:
        self._store = store

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        """Many statements in one round trip: each request's result, in their order."""
        translations = [translated(request) for request in requests]
        statements = [statement for each in translations for statement in each.statements]
        results = self._store.read(statements) if statements else []
        decoded, at = [], 0
        for each in translations:
            decoded.append(each.result(results[at : at + len(each.statements)]))
            at += len(each.statements)
        return decoded

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        """Parsed as they arrive, a block of CSV at a time."""
        name = field_of(request.text)
        columns = {name: TYPES[name], "quality": pa.uint8()}
        one = request.sensors[0] if len(request.sensors) == 1 else None
        statement = select(
            f'"{name}","quality"', request.site, request.window,
            sensors=request.sensors, where=PRESENT[name], rest="" if one else BY_SENSOR,
        )  # fmt: skip
        for table in self._store.stream_csv(statement, columns if one else {**TAGS, **columns}):
            if one:
                yield one, _raw_of_table(table, name)
            else:
                yield from ((sensor, _raw_of_table(rows, name)) for sensor, rows in _runs_of_sensors(table))

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        statement = select(
            row_columns(types), row_measurement(request.site, request.rung), request.window,
            sensors=request.sensors, policy=LADDER, rest=BY_SENSOR,
        )  # fmt: skip
        return dict(_runs_of_sensors(self._store.read_csv(statement, {**TAGS, **types})))


def _raw_of_table(table: pa.Table, name: str) -> Raw:
    values = table[name]
    if values.null_count:
        table = table.filter(values.is_valid())
        values = table[name]
    quality = table["quality"]
    if quality.null_count:
        quality = quality.fill_null(0)
    return Raw(table["time"].to_numpy(), values.to_numpy(), quality.to_numpy())


def _runs_of_sensors(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each sensor; its id is in the column `tags`, as `sensor=<id>`."""
    if not table.num_rows:
        return
    tags = table["tags"].unify_dictionaries().combine_chunks()
    names, codes = tags.dictionary.to_pylist(), tags.indices.to_numpy()
    ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    for start, end in zip([0, *ends], ends, strict=False):
        yield names[codes[start]].removeprefix("sensor="), table.slice(start, end - start)
