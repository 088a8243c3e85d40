"""Fast file readers compared with slow, simple ones, and all the oddities of files."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Sensor
from ingest.imports import Column, load_mapping
from ingest.imports.formats.csv_reader import CsvReader
from ingest.imports.formats.delimiters import guess_delimiter
from ingest.imports.formats.table import Block, Cells, read_carefully, read_table
from ingest.imports.mapping.model import Mapping
from ingest.imports.reading.cells import Reader
from ingest.imports.report.spill import SampleSpill, marks_of
from ingest.imports.report.tracking import Track
from ingest.imports.times.clocks import Clock, choose_passes
from ingest.imports.times.parser import TimeParser
from ingest.imports.times.zones import SECOND, candidates, zone_of

CELL = st.text(st.sampled_from('ab1.,;" \n'), max_size=6)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8), st.booleans())
def test_the_quick_table_is_the_careful_one(rows: list[list[str]], quoted: bool) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n").writerows(rows)
    block, cells = Block(5, out.getvalue().encode()), Cells(["x", "y", "z"], ["z", "x"], ",")
    (quick, _), (slow, _) = read_table(block, cells), read_carefully(block, cells)
    assert quick.lines.tolist() == slow.lines.tolist()
    assert {n: c.to_pylist() for n, c in quick.columns.items()} == {n: c.to_pylist() for n, c in slow.columns.items()}
    assert slow.columns["x"].to_pylist() == [row[0] for row in rows]


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=30), st.integers(1, 40))
def test_blocks_never_cut_a_row(tmp_path_factory: Any, rows: list[list[str]], size: int) -> None:
    path = tmp_path_factory.mktemp("blocks") / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([["head", "er"], *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.imports.formats.csv_reader.BLOCK", size)
        patch.setattr("ingest.imports.formats.files.HEAD", 1 + size)
        reader = CsvReader(path, Mapping(site="x", delimiter=","))
        reader._source._head = "head,er\n"
        reader.head()
        read: list[list[str]] = []
        for table in reader.tables(["head", "er"]):
            read += [
                list(row) for row in zip(*(table.columns[name].to_pylist() for name in ["head", "er"]), strict=True)
            ]
        reader.close()
    assert read == rows


LOCALS = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2037-01-01")).map(
    lambda moment: moment.replace(microsecond=0)
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Chicago", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Dubai"]
)
CHANGES = st.sampled_from(
    [
        datetime.fromisoformat("2013-11-03T00:30"),
        datetime.fromisoformat("2014-03-09T01:30"),
        datetime.fromisoformat("2021-10-31T01:30"),
        datetime.fromisoformat("2021-03-28T01:30"),
    ]
)
NEAR_CHANGES = st.builds(lambda moment, minutes: moment + timedelta(minutes=minutes), CHANGES, st.integers(0, 180))


@given(ZONES, LOCALS | NEAR_CHANGES)
def test_local_times_match_the_zone_database(name: str, moment: datetime) -> None:
    local = np.array([int(moment.replace(tzinfo=UTC).timestamp()) * SECOND], np.int64)
    found = candidates(zone_of(name), local)
    zoned = moment.replace(tzinfo=ZoneInfo(name))
    first, second = (int(zoned.replace(fold=fold).timestamp()) for fold in (0, 1))
    exists = zoned.astimezone(UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None) == moment
    assert bool(found.skipped[0]) == (not exists)
    assert found.first[0] == first * SECOND
    if exists:
        assert found.second[0] == second * SECOND
        assert bool(found.repeated[0]) == (first != second)


@pytest.mark.parametrize("minutes", [1, 15, 30, 60])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("zone", ["America/Chicago", "Australia/Lord_Howe", "Europe/Berlin"])
def test_the_repeated_hour_is_resolved_by_the_order_of_rows(zone: str, backwards: bool, minutes: int) -> None:
    start = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp())
    utc = np.arange(start, start + 366 * 86_400, 60 * minutes, np.int64)
    offsets = np.array([_offset(zone, second) for second in range(start, int(utc[-1]) + 1, OFFSET_STEP_S)], np.int64)
    local = (utc + offsets[(utc - start) // OFFSET_STEP_S]) * SECOND
    if backwards:
        utc, local = utc[::-1], local[::-1]
    clock: Clock | None = None
    chosen: list[int] = []
    for part in np.array_split(local, 5):  # as files in turn
        resolved, clock = choose_passes(candidates(zone_of(zone), part), part, clock)
        chosen += resolved.tolist()
    assert chosen == (utc * SECOND).tolist()


OFFSET_STEP_S = 1800  # clocks change at full and half hours of UTC


def _offset(zone: str, second: int) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("iso", "2024-02-29 10:14:33", "2024-02-29T10:14:33"),
        ("iso", "2024-02-29T10:14:33.25Z", "2024-02-29T10:14:33.25"),
        ("iso", "2024-02-29T10:14:33+04:00", "2024-02-29T06:14:33"),
        ("iso", "2024-02-29", "2024-02-29T00:00:00"),
        ("iso", "2023-02-29", None),
        ("iso", "yesterday", None),
        ("epoch_s", "1709201673", "2024-02-29T10:14:33"),
        ("epoch_s", "1709201673.5", "2024-02-29T10:14:33.5"),
        ("epoch_ms", "1709201673250", "2024-02-29T10:14:33.25"),
        ("epoch_us", "1709201673000001", "2024-02-29T10:14:33.000001"),
        ("epoch_ns", "1709201673000001000", "2024-02-29T10:14:33.000001"),
        ("epoch_s", "12e8", None),
        ("%m/%d/%Y %H:%M", "2/9/2024 9:05", "2024-02-09T09:05:00"),
        ("%m/%d/%Y %H:%M", "13/9/2024 9:05", None),
        ("%m/%d/%Y %H:%M", "2/30/2024 9:05", None),
        ("%m/%d/%Y %H:%M", "2/9/2024 9:05 PM", None),
        ("%d.%m.%Y %H:%M:%S.%f", "29.02.2024 10:14:33.125", "2024-02-29T10:14:33.125"),
        ("%d-%b-%y %I:%M:%S %p %Z", "22-May-22 12:30:00 PM CDT", "2022-05-22T17:30:00"),
        ("%d-%b-%y %I:%M:%S %p %Z", "22-May-22 12:30:00 AM CST", "2022-05-22T06:30:00"),
        ("%d-%b-%y %I:%M:%S %p %Z", "22-May-22 12:30:00 PM QQQ", None),
        ("%Y-%m-%d %H:%M %z", "2024-02-29 10:14 -0330", "2024-02-29T13:44:00"),
    ],
)
def test_a_time_in_each_format(form: str, text: str, expected: str | None) -> None:
    stamps = TimeParser([form], zone_of("America/Chicago")).parse(pa.array([f" {text} ", ""]))
    assert stamps.ok.tolist() == [expected is not None, False]
    if expected is not None:
        moment = datetime.fromisoformat(expected).replace(tzinfo=UTC)
        microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        assert int(stamps.ns[0]) == microseconds * 1000


def test_formats_that_change_within_a_column() -> None:
    parser = TimeParser(["%m/%d/%Y %H:%M", "iso", "epoch_s"], zone_of("UTC"))
    stamps = parser.parse(pa.array(["5/7/2022 12:00", "2022-05-07T12:00:00", "1651924800", "soon"]))
    assert stamps.ok.tolist() == [True, True, True, False]
    assert set(stamps.ns[:3].tolist()) == {1651924800 * SECOND}


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [
        ("a;b\n1,5;2,5\n", ";"),
        ("a,b\n1.5,2\n", ","),
        ("a\tb, c\n1\t2\n", "\t"),
        ('"a, b";c\n"1, 2";3\n', ";"),
        ("a|b\n1|2\n", "|"),
    ],
)
def test_the_delimiter_is_sniffed(head: str, delimiter: str) -> None:
    assert guess_delimiter(head, "f.csv") == delimiter


def reader(kind: str = "continuous", mapping: str = "{site: x}", **column: Any) -> Reader:
    states = {"0": "Closed", "1": "Open"} if kind == "discrete" else {}
    sensor = Sensor(id="s1", site="p1", tag="X", name="x", kind=kind, states=states)  # type: ignore[arg-type]
    return Reader(sensor, Column("X", **column), load_mapping(mapping))


CELLS = ["1.5", " -2e3 ", "", "NaN", "n/a", "-250", "-250.0", "7,25", "inf", "on", "Bad", "+3"]


def test_numbers_and_placeholders() -> None:
    values = reader(missing=[-250], bad=["Bad"], states={"On": 1}).read(pa.array(CELLS))
    assert values.take.tolist() == [True, True, False, False, False, False, False, False, False, True, False, True]
    assert values.unreadable.tolist() == [cell in ("7,25", "inf") for cell in CELLS]
    assert values.failed.tolist() == [cell == "Bad" for cell in CELLS]
    assert not values.bad.any()
    assert [v for v, taken in zip(values.v, values.take, strict=True) if taken] == [1.5, -2000.0, 1.0, 3.0]


def test_a_decimal_comma_and_a_scale() -> None:
    values = reader(mapping="{site: x, decimal: ','}", scale=2, offset=1).read(pa.array(["7,25", "1", "-1,5e1"]))
    assert list(values.v) == [15.5, 3.0, -29.0]


def test_states_by_number_by_name_and_by_other_words() -> None:
    cells = ["0", "1.0", "open", "Closed", "On", "FALSE", "auf", "2", "Ajar"]
    values = reader("discrete", states={"auf": 1}).read(pa.array(cells))
    assert list(values.v[:7]) == [0, 1, 1, 0, 1, 0, 1]
    assert values.unreadable.tolist() == [False] * 7 + [True, True]


def test_plain_numbers_are_read_the_quick_way() -> None:
    assert reader()._quick(pa.array(["1.5", "", "-250", "+3"])) is not None


@settings(deadline=None)
@given(st.lists(st.sampled_from(CELLS), max_size=12))
def test_the_quick_numbers_are_the_ones_read_word_by_word(cells: list[str]) -> None:
    one = reader(missing=["n/a", -250])
    column = pa.array([cell.strip() for cell in cells], pa.string())
    quick, slow = one._quick(column), one._word_by_word(column)
    if quick is not None:
        assert quick.take.tolist() == slow.take.tolist()
        assert quick.unreadable.tolist() == slow.unreadable.tolist()
        assert np.array(quick.v)[quick.take].tolist() == np.array(slow.v)[slow.take].tolist()


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 240), max_size=12), min_size=1, max_size=6),
    st.sampled_from([None, SECOND]),
    st.booleans(),
)
def test_tracks_count_like_the_sorted_series(
    tmp_path_factory: Any, parts: list[list[int]], interval: int | None, on_disk: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, SampleSpill(tmp_path_factory.mktemp("spill")) as spill:
        if on_disk:
            patch.setattr("ingest.imports.report.spill.MAX_SORTED_IN_MEMORY", 3)
            patch.setattr("ingest.imports.report.spill.FLUSH_BYTES", 32)
        track = Track(3, interval)
        for part in parts:
            quarters = np.array(part, np.int64)
            track.add(quarters // 4 * SECOND, marks_of((quarters % 4 // 2).astype(float), None), spill)
        track.finish(spill)
    whole = [t // 4 * SECOND for part in parts for t in part]
    ordered = sorted(whole)
    values = sorted(((t // 4, t % 4 // 2) for part in parts for t in part), key=lambda sample: sample[0])
    assert track.identical == sum(a == b for a, b in itertools.pairwise(values))
    steps = [b - a for a, b in itertools.pairwise(ordered)]
    assert track.samples == len(whole)
    assert track.duplicates == len(whole) - len(set(whole))
    assert (track.start, track.end) == (min(whole, default=None), max(whole, default=None))
    assert track.out_of_order == sum(b < a for a, b in itertools.pairwise(whole))
    if track.interval is not None:
        assert track.gaps == sum(step > 3 * track.interval for step in steps)
        assert [end - start for start, end in track.longest()] == sorted(
            (step for step in steps if step > 3 * track.interval), reverse=True
        )[:20]
