"""What InfluxDB answers, as rows or as an Arrow table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import pyarrow as pa
from pyarrow import csv

from kernel.errors import BadRequest, Unavailable
from stores.timeseries.errors import RefusedCredentials
from stores.timeseries.transport import Response

BLOCK = 1 << 20  # bytes parsed at a time


@dataclass(frozen=True, slots=True)
class Series:
    """Rows of one series; column 0 is the time in ns."""

    columns: list[str]
    values: list[list[Any]]
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)


def results_of(response: Response, statements: int) -> list[list[Series]]:
    """The series of each statement, in order. Raises what InfluxDB says went wrong with any of them."""
    answer = getattr(response, "_msgpack", None)  # influxdb-python decodes msgpack, and keeps it here
    if answer is None:
        answer = json.loads(response.content)  # some errors come as JSON whatever was asked
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


def table_of(stream: IO[bytes], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """The rows of a CSV answer."""
    types = {"time": pa.int64(), **columns}
    options = csv.ConvertOptions(column_types=types, include_columns=list(types), strings_can_be_null=False)
    try:
        return csv.read_csv(
            stream,
            read_options=csv.ReadOptions(block_size=BLOCK),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return pa.table({name: pa.array([], kind) for name, kind in types.items()})
        raise Unavailable(f"The time series store broke off its answer: {error}") from None
    except pa.ArrowKeyError:  # an error is a CSV file too, with one column
        raise BadRequest("The time series store refused a bulk read.", slug="store-refused") from None


def refusal(text: str) -> BadRequest | Unavailable:
    """The error for what InfluxDB said."""
    if "authoriz" in text or "authenti" in text:
        return RefusedCredentials(f"The time series store refused the platform's credentials: {text}")
    if "timeout" in text or "shutdown" in text or "engine is closed" in text:
        return Unavailable(f"The time series store could not answer: {text}")
    return BadRequest(f"The time series store refused: {text}", slug="store-refused")
