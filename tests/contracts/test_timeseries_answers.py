"""InfluxDB's msgpack answers, read as tables where that is possible, compared with msgpack's own lists."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.timeseries.answers import MIN_BYTES, Series, parse_results
from stores.timeseries.errors import Refused, TimeseriesUnavailable
from stores.timeseries.packed import column_of
from stores.timeseries.transport import Response
from tests.properties import examples

TIME = 1_700_000_000_000_000_000
BIG = 2**63 - 1
numbers = st.floats(allow_nan=False)
odd = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.integers(-(2**63), BIG), numbers)


def packed_row(row: list[Any]) -> bytes:
    """As InfluxDB packs it: a time is a signed number even if it is positive."""
    return bytes([0x90 + len(row), 0xD3]) + row[0].to_bytes(8, "big", signed=True) + b"".join(map(packed, row[1:]))


def packed(value: Any) -> bytes:
    return cast(bytes, msgpack.packb(value))


def packed_answer(series: list[list[list[Any]]]) -> bytes:
    """Of one statement each."""
    body = b"\x81" + packed("results") + bytes([0x90 + len(series)])
    for number, rows in enumerate(series):
        body += b"\x82" + packed("statement_id") + packed(number) + packed("series") + b"\x91\x84"
        body += packed("name") + packed("values") + packed("tags") + packed({"sensor": "\x93values\xdc"})
        body += packed("columns") + packed(["time", *map(str, range(len(rows[0]) - 1))])
        body += packed("values") + b"\xdc" + len(rows).to_bytes(2, "big") + b"".join(map(packed_row, rows))
    return body


def parsed(body: bytes, statements: int) -> list[list[Series]]:
    return parse_results(cast(Response, SimpleNamespace(content=body)), statements)


@st.composite
def series(draw: st.DrawFn) -> list[list[Any]]:
    """Many rows of floats and small numbers; a few of them have another value somewhere."""
    small = draw(st.lists(st.booleans(), max_size=6))
    rows = [[TIME + k, *((k + n) % 128 if is_small else k / 7 for n, is_small in enumerate(small))] for k in range(400)]
    for place in draw(st.lists(st.integers(0, 399), max_size=3)) if small else []:
        rows[place][draw(st.integers(1, len(small)))] = draw(odd)
    return rows


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(series(), min_size=1, max_size=4))
def test_rows_are_those_that_msgpack_reads(given: list[list[list[Any]]]) -> None:
    found = parsed(packed_answer(given), len(given))
    assert [repr(one.values) for [one] in found] == [repr(rows) for rows in given]
    assert [(one.name, one.tags) for [one] in found] == [("values", {"sensor": "\x93values\xdc"})] * len(given)


def test_rows_of_one_size_are_a_table() -> None:
    rows = [[TIME + k, k / 7, k % 3] for k in range(400)]
    [[one]] = parsed(packed_answer([rows]), 1)
    assert one.table is not None
    columns = [column_of(one.table, place, kind) for place, kind in enumerate((np.int64, np.float64, np.uint8))]
    assert [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)] == rows


@pytest.mark.parametrize("value", [None, 128, -1, "a", True, 2**40])
def test_a_row_of_another_size_makes_lists(value: Any) -> None:
    rows = [[TIME + k, k / 7, k % 3] for k in range(400)]
    rows[200][2] = value
    [[one]] = parsed(packed_answer([rows]), 1)
    assert one.table is None
    assert one.values == rows


def test_many_short_series_are_read_by_msgpack() -> None:
    given = [[[TIME, k / 7, 0]] for k in range(15)]
    assert len(packed_answer(given)) < MIN_BYTES * 15
    assert [one.values for [one] in parsed(packed_answer(given), 15)] == given


def test_an_answer_that_breaks_off_is_an_error() -> None:
    body = packed_answer([[[TIME + k, k / 7] for k in range(400)]])
    for end in (len(body) - 5, 900, 5, 0):
        with pytest.raises(TimeseriesUnavailable):
            parsed(body[:end], 1)


def test_an_error_after_the_first_rows_is_raised() -> None:
    rows = packed_answer([[[TIME + k, k / 7] for k in range(400)]])
    body = (
        rows.replace(b"\x81\xa7results\x91\x82", b"\x81\xa7results\x91\x83") + packed("error") + packed("no such field")
    )
    with pytest.raises(Refused):
        parsed(body, 1)
