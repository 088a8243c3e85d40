"""InfluxDB's answers, as rows, columns or an Arrow table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import msgpack
import pyarrow as pa
from pyarrow import csv

from stores.timeseries.errors import Refused, TimeseriesUnavailable
from stores.timeseries.packed import Table, Unpacker, rows_of
from stores.timeseries.refusals import refusal
from stores.timeseries.transport import Response

BLOCK = 1 << 20  # bytes parsed at a time
MIN_BYTES = 2_000  # per series, from which reading rows as a table is faster than as lists


@dataclass(frozen=True, slots=True)
class Series:
    """Rows of one series; column 0 is the time in ns. `rows` are a table if there are many and all of one size."""

    columns: list[str]
    rows: list[list[Any]] | Table
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> list[list[Any]]:
        return self.rows if isinstance(self.rows, list) else rows_of(self.rows)

    @property
    def table(self) -> Table | None:
        return None if isinstance(self.rows, list) else self.rows


def parse_results(response: Response, statements: int) -> list[list[Series]]:
    """The series of each statement, in order. Raises InfluxDB's error if one of them failed."""
    body = response.content
    is_json = body.startswith(b"{")  # some errors are, whatever was requested
    try:
        answer = json.loads(body) if is_json else _unpacked(body, statements)
    except (msgpack.UnpackException, ValueError):
        raise TimeseriesUnavailable("The time series store broke off its answer.") from None
    if "error" in answer:
        raise refusal(answer["error"])
    results: list[list[Series]] = [[] for _ in range(statements)]
    for position, result in enumerate(answer.get("results", ())):
        if "error" in result:
            raise refusal(result["error"])
        series = result.get("series") or ()
        results[result.get("statement_id", position)] = [
            Series(row["columns"], row.get("values", []), row.get("name", ""), row.get("tags") or {}) for row in series
        ]
    return results


def _unpacked(body: bytes, statements: int) -> Any:
    if len(body) >= MIN_BYTES * statements:
        try:
            return _walked(Unpacker(body))
        except _ManySeries:
            pass
    return msgpack.unpackb(body, raw=False)


class _ManySeries(Exception):
    """The answer has many short series."""


def _walked(walk: Unpacker) -> dict[str, Any]:
    def answer() -> dict[str, Any]:
        return {
            key: [result() for _ in range(walk.array())] if key == "results" else walk.value()
            for key in (walk.value() for _ in range(walk.map()))
        }

    def result() -> dict[str, Any]:
        return {
            key: all_series() if key == "series" else walk.value() for key in (walk.value() for _ in range(walk.map()))
        }

    def all_series() -> list[dict[str, Any]]:
        count = walk.array()
        if len(walk.body) < MIN_BYTES * count:
            raise _ManySeries
        return [
            {key: walk.rows() if key == "values" else walk.value() for key in (walk.value() for _ in range(walk.map()))}
            for _ in range(count)
        ]

    return answer()


def parse_table(stream: IO[bytes], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """The rows of a CSV answer."""
    types = {"time": pa.int64(), **columns}
    try:
        with _refusals():
            return csv.read_csv(stream, **_options(types))
    except EmptyAnswer:
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})


def parse_batches(stream: IO[bytes], columns: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
    """The same rows, one block at a time, so that only a few blocks are in memory."""
    try:
        with _refusals(), csv.open_csv(stream, **_options({"time": pa.int64(), **columns})) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except EmptyAnswer:
        return


class EmptyAnswer(Exception):
    """No row was found: InfluxDB does not even send a header."""


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise EmptyAnswer from None
        raise TimeseriesUnavailable(f"The time series store broke off its answer: {error}") from None
    except pa.ArrowKeyError:  # an error is a CSV file, too, with one column
        raise Refused("The time series store refused a bulk read.") from None


def _options(types: Mapping[str, pa.DataType]) -> dict[str, Any]:
    return {
        "read_options": csv.ReadOptions(block_size=BLOCK),
        "parse_options": csv.ParseOptions(newlines_in_values=True),
        "convert_options": csv.ConvertOptions(
            column_types=types, include_columns=list(types), strings_can_be_null=False
        ),
    }
