"""InfluxDB's answers, as rows or as an Arrow table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import pyarrow as pa
from pyarrow import csv

from stores.timeseries.errors import Refused, TimeseriesUnavailable
from stores.timeseries.refusals import refusal
from stores.timeseries.transport import Response

BLOCK = 1 << 20  # bytes parsed at a time


@dataclass(frozen=True, slots=True)
class Series:
    """Rows of one series; column 0 is the time in ns."""

    columns: list[str]
    values: list[list[Any]]
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)


def parse_results(response: Response, statements: int) -> list[list[Series]]:
    """The series of each statement, in order. Raises InfluxDB's error if one of them failed."""
    answer = getattr(response, "_msgpack", None)  # influxdb-python decodes msgpack and stores it here
    if answer is None:
        answer = json.loads(response.content)  # some errors are JSON whatever was requested
    if "error" in answer:
        raise refusal(answer["error"])
    results: list[list[Series]] = [[] for _ in range(statements)]
    for position, result in enumerate(answer.get("results", ())):
        if "error" in result:
            raise refusal(result["error"])
        series = result.get("series") or ()
        results[result.get("statement_id", position)] = [
            Series(row["columns"], row.get("values") or [], row.get("name", ""), row.get("tags") or {})
            for row in series
        ]
    return results


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
