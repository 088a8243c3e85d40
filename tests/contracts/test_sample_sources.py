"""The contract of sample sources, for every implementation: InfluxDB, and a simple one in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pytest

from stores.samples import (
    ALWAYS,
    Count,
    Extent,
    Extremes,
    HasMore,
    LastOfWindows,
    LastRows,
    LastSamples,
    Raw,
    RowColumns,
    RowExtent,
    RowRange,
    Sample,
    SampleRange,
    SampleSource,
    Window,
    Windows,
)
from stores.timeseries import LADDER, RAW, InfluxSource
from tests.historian.influx_server import READER, WRITER, InfluxServer, running_influxd
from tests.historian.memory_source import MemorySource

MS, MINUTE = 1_000_000, 60_000_000_000
START = 1_700_000_040 * 1_000_000_000  # a whole minute, in ns
ROW = ("last", "tlast", "n", "n_bad")
_names = itertools.count(1)


class Place(Protocol):
    """A source, and how to fill it."""

    source: SampleSource

    def write(self, site: str, sensor: str, samples: Sequence[tuple[int, float | str, int]]) -> None: ...

    def write_rows(self, site: str, rung: str, sensor: str, rows: dict[int, dict[str, Any]]) -> None: ...


class InfluxPlace:
    def __init__(self, server: InfluxServer) -> None:
        self.source: SampleSource = InfluxSource(server.as_(READER))
        self._writer = server.as_(WRITER)

    def write(self, site: str, sensor: str, samples: Sequence[tuple[int, float | str, int]]) -> None:
        lines = []
        for t, v, q in samples:
            value = f'text="{v}"' if isinstance(v, str) else f"value={v!r}"
            lines.append(f"{site},sensor={sensor} {value},quality={q}i {t}")
        self._writer.write_lines(RAW, "\n".join(lines).encode())

    def write_rows(self, site: str, rung: str, sensor: str, rows: dict[int, dict[str, Any]]) -> None:
        lines = []
        for start, row in rows.items():
            fields = ",".join(f"{name}={_field(value)}" for name, value in row.items())
            lines.append(f"{site}.{rung},sensor={sensor} {fields} {start}")
        self._writer.write_lines(LADDER, "\n".join(lines).encode())


def _field(value: int | float | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return f"{value}i" if isinstance(value, int) else repr(value)


class MemoryPlace:
    def __init__(self) -> None:
        memory = MemorySource()
        self.source: SampleSource = memory
        self.write, self.write_rows = memory.write, memory.write_rows


@pytest.fixture(scope="module")
def server() -> Iterator[InfluxServer]:
    with running_influxd() as server:
        yield server


@pytest.fixture(params=["influx", "memory"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "memory":
        return MemoryPlace()
    return InfluxPlace(request.getfixturevalue("server"))


@pytest.fixture
def site() -> str:
    return f"site{next(_names)}"


def listed(raw: Raw) -> list[tuple[int, float | str, int]]:
    return list(zip(raw.t.tolist(), raw.v.tolist(), raw.q.tolist(), strict=True))


def listed_rows(found: Mapping[str, RowColumns]) -> dict[str, list[list[Any]]]:
    """Start and columns of each row; None where it lacks a column."""
    return {
        sensor: [
            [t, *(None if value != value else value for value in values)]
            for t, *values in zip(rows.t.tolist(), *(column.tolist() for column in rows.columns), strict=True)
        ]
        for sensor, rows in found.items()
    }


def ask(place: Place, request: Any) -> Any:
    [result] = place.source.read([request])
    return result


NUMBERS = [(START + k * MINUTE + k, float(k), k % 3) for k in range(10)]
TEXTS = [(START + k * MINUTE, f"v{k}" if k else "", 0) for k in range(4)]


def test_a_range_has_its_samples_to_the_nanosecond(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    window = Window(NUMBERS[2][0], NUMBERS[7][0])
    parts = ask(place, SampleRange(site, False, ["a", "b"], window))
    assert list(parts) == ["a"], "a sensor without samples has no part"
    assert (listed(parts["a"].samples), parts["a"].resume) == (NUMBERS[2:7], None)
    assert parts["a"].samples.v.dtype == np.float64


def test_texts_and_numbers_of_a_sensor_are_distinguished(place: Place, site: str) -> None:
    later = [(t + 10 * MINUTE, v, q) for t, v, q in NUMBERS]
    place.write(site, "a", TEXTS)
    place.write(site, "a", later)
    for text, wanted in ((True, TEXTS), (False, later)):
        request = SampleRange(site, text, ["a"], ALWAYS)
        assert listed(ask(place, request)["a"].samples) == wanted
        assert [each for _, raw in place.source.stream(request) for each in listed(raw)] == wanted
        assert ask(place, LastSamples(site, text, ["a"], ALWAYS)).samples == {"a": Sample(*wanted[-1])}
        assert sum(number for _, number in ask(place, Count(site, text, "a", ALWAYS))) == len(wanted)


@pytest.mark.parametrize("limit", [1, 3, 9, 10, 11])
def test_pages_have_every_sample_once(place: Place, site: str, limit: int) -> None:
    place.write(site, "a", NUMBERS)
    found, start = [], START
    for _ in range(len(NUMBERS) + 1):
        part = ask(place, SampleRange(site, False, ["a"], Window(start, START + 60 * MINUTE), limit))["a"]
        assert len(part.samples) <= limit
        found += listed(part.samples)
        if part.resume is None:
            break
        start = part.resume + 1
    assert found == NUMBERS


def test_the_newest_samples_are_returned_in_ascending_order(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    request = SampleRange(site, False, ["a"], Window(START, NUMBERS[8][0] + 1), 3, newest=True)
    assert listed(ask(place, request)["a"].samples) == NUMBERS[6:9]
    usable = SampleRange(site, False, ["a"], Window(START, NUMBERS[8][0] + 1), 1, newest=True, usable=True)
    assert listed(ask(place, usable)["a"].samples) == [NUMBERS[7]], "the eighth is bad"


def test_more_sensors_than_one_statement_names(place: Place, site: str) -> None:
    sensors = [f"s{k:03}" for k in range(130)]
    for k, sensor in enumerate(sensors):
        place.write(site, sensor, [(START + k, float(k), 0)])
    place.write(site, "other", [(START, -1.0, 0)])
    parts = ask(place, SampleRange(site, False, sensors, ALWAYS))
    assert {sensor: part.samples.v.tolist() for sensor, part in parts.items()} == {
        sensor: [float(k)] for k, sensor in enumerate(sensors)
    }
    for size in (0, 131):
        last = ask(place, LastSamples(site, False, sensors, ALWAYS, site_size=size))
        assert last.samples == {sensor: Sample(START + k, float(k), 0) for k, sensor in enumerate(sensors)}


def test_the_last_of_few_is_that_of_all_and_who_has_more_is_skipped(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    place.write(site, "b", NUMBERS[:3])
    window = Window(START, NUMBERS[8][0] + 1)
    assert ask(place, LastSamples(site, False, ["a", "b", "c"], window)).samples == {
        "a": Sample(*NUMBERS[8]), "b": Sample(*NUMBERS[2]),
    }  # fmt: skip
    few = ask(place, LastSamples(site, False, ["a", "b", "c"], window, few=3))
    assert few.samples == {"b": Sample(*NUMBERS[2])}
    assert few.skipped == {"a"}


def test_windows_have_their_last_sample_and_their_extremes(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    window, windows = Window(START, START + 60 * MINUTE), Windows(3 * 60_000, START // MS % (3 * 60_000))
    starts = [START + k * 3 * MINUTE for k in range(4)]
    last = ask(place, LastOfWindows(site, False, ["a"], window, windows))["a"]
    assert listed(last) == [(t, v, int(v) % 3) for t, v in zip(starts, (2.0, 5.0, 8.0, 9.0), strict=True)]
    found = ask(place, Extremes(site, ["a"], window, windows))["a"]
    assert (found.start.tolist(), found.low.tolist()) == (starts, [0.0, 3.0, 6.0, 9.0])
    assert found.high.tolist() == [1.0, 4.0, 7.0, 9.0], "bad samples do not count"


def test_counts_and_whether_there_are_more(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    window = Window(START, NUMBERS[7][0] + 1)
    assert [number for _, number in ask(place, Count(site, False, "a", window))] == [8]
    assert ask(place, Count(site, False, "b", window)) == []
    every = Windows(5 * 60_000, START // MS % (5 * 60_000))
    assert ask(place, Count(site, False, "a", window, every)) == [(START // MS, 5), (START // MS + 5 * 60_000, 3)]
    assert [ask(place, HasMore(site, False, "a", window, than)) for than in (7, 8, 9)] == [True, False, False]


def test_extents_are_of_samples_or_of_rows(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    place.write_rows(site, "1m", "b", rows())
    assert ask(place, Extent(site, ["a", "b"])) == {"a": (NUMBERS[0][0], NUMBERS[-1][0])}
    assert ask(place, RowExtent(site, "1m", ["a", "b"])) == {"b": (START, START + 3 * MINUTE)}


def test_a_stream_has_every_sample_of_each_sensor_in_order(place: Place, site: str) -> None:
    many = [(START + k * MS, float(k), k % 3) for k in range(70_000)]
    place.write(site, "a", many)
    place.write(site, "b", NUMBERS)
    found: dict[str, list[Any]] = {}
    for sensor, raw in place.source.stream(SampleRange(site, False, ["a", "b", "c"], ALWAYS)):
        found.setdefault(sensor, []).extend(listed(raw))
    assert found == {"a": many, "b": NUMBERS}
    first = next(place.source.stream(SampleRange(site, False, ["a"], ALWAYS)))[1]
    assert 0 < len(first) < len(many), "part by part"


def rows() -> dict[int, dict[str, Any]]:
    """The second has bad samples only, the last none."""
    counts = [(3, 0), (0, 2), (4, 1), (0, 0)]
    return {
        START + k * MINUTE: {"last": float(k), "tlast": 59_000 if n else -1, "n": n, "n_bad": bad}
        for k, (n, bad) in enumerate(counts)
    }


def test_rows_have_the_requested_columns(place: Place, site: str) -> None:
    place.write_rows(site, "1m", "a", rows())
    given = [[start, *(row[name] for name in ROW)] for start, row in rows().items()]
    window = Window(START, START + 10 * MINUTE)

    def found(**more: Any) -> Any:
        return listed_rows(ask(place, RowRange(site, "1m", ["a", "b"], window, ROW, **more)))

    assert found() == {"a": given}
    assert found(filled="usable") == {"a": [given[0], given[2]]}
    assert found(filled="any") == {"a": given[:3]}
    assert found(filled="any", last=True) == {"a": [given[2]]}
    first = RowRange(site, "1m", ["a"], Window(START, START + MINUTE), ("n", "sum"))
    assert listed_rows(ask(place, first)) == {"a": [[START, 3, None]]}, "a column that no row has"
    assert ask(place, LastRows(site, "1m", ["a", "b"], window, ROW, "any")) == {"a": given[2]}
    assert ask(place, RowRange(site, "5m", ["a"], window, ROW)) == {}


MANY = 1_000  # rows, so that they are read as one table if they can


def many_rows() -> dict[int, dict[str, Any]]:
    """Whole numbers of every size, up to the largest that is exact."""
    counts = [0, 1, 127, 128, 255, 65_536, 2**31, 2**53]
    return {
        START + k * MINUTE: {"last": k / 7, "tlast": (k % 60_000) - 1, "n": counts[k % 8], "n_bad": counts[k % 5]}
        for k in range(MANY)
    }


def test_many_rows_are_exact(place: Place, site: str) -> None:
    for sensor in ("a", "b"):
        place.write_rows(site, "1m", sensor, many_rows())
    given = [[start, *(row[name] for name in ROW)] for start, row in many_rows().items()]
    for sensors in (["a"], ["a", "b", "c"]):
        found = listed_rows(ask(place, RowRange(site, "1m", sensors, ALWAYS, ROW)))
        assert found == {sensor: given for sensor in sensors if sensor != "c"}
    usable = listed_rows(ask(place, RowRange(site, "1m", ["a"], ALWAYS, ROW, filled="usable")))
    assert usable == {"a": [row for row in given if row[3]]}


@pytest.mark.parametrize("at", [0, 1, 500, MANY - 1])
def test_many_rows_of_which_one_lacks_a_column(place: Place, site: str, at: int) -> None:
    rows = many_rows()
    del rows[START + at * MINUTE]["last"]
    place.write_rows(site, "1m", "a", rows)
    given = [[start, *(row.get(name) for name in ROW)] for start, row in rows.items()]
    assert listed_rows(ask(place, RowRange(site, "1m", ["a"], ALWAYS, ROW))) == {"a": given}


def test_many_rows_with_texts(place: Place, site: str) -> None:
    place.write_rows(site, "1m", "a", many_rows())
    before = {START - k * MINUTE: {"states": "s" * k, "n": k} for k in range(1, 100)}
    place.write_rows(site, "1m", "a", before)
    request = RowRange(site, "1m", ["a"], ALWAYS, ("states", "n"), texts=("states",))
    rows = {**dict(sorted(before.items())), **many_rows()}
    assert listed_rows(ask(place, request)) == {"a": [[t, row.get("states"), row["n"]] for t, row in rows.items()]}


@pytest.mark.parametrize("foreign", [None, 0, 700, MANY - 1])
def test_many_samples_of_which_one_is_of_another_kind(place: Place, site: str, foreign: int | None) -> None:
    many: list[tuple[int, float | str, int]] = [(START + k * MS + k, k / 7, k % 3) for k in range(MANY)]
    if foreign is not None:
        many[foreign] = (many[foreign][0], "text", 0)
    place.write(site, "a", many)
    wanted = [sample for sample in many if not isinstance(sample[1], str)]
    assert listed(ask(place, SampleRange(site, False, ["a"], ALWAYS))["a"].samples) == wanted
    assert (
        listed(ask(place, SampleRange(site, False, ["a"], ALWAYS, 400, newest=True))["a"].samples)[-300:]
        == (wanted[-300:])
    )
    part = ask(place, SampleRange(site, False, ["a"], ALWAYS, 600))["a"]
    assert part.resume is not None and len(part.samples) >= 599, "at most one was of another kind"
    assert listed(part.samples) == [sample for sample in wanted if sample[0] <= part.resume]


def test_rows_are_returned_as_tables(place: Place, site: str) -> None:
    for sensor in ("a", "b"):
        place.write_rows(site, "1m", sensor, rows())
    types = {"last": pa.float64(), "tlast": pa.int64(), "n": pa.int64()}
    request = RowRange(site, "1m", ["a", "b", "c"], Window(START, START + 2 * MINUTE), tuple(types))
    tables = place.source.tables(request, types)
    assert sorted(tables) == ["a", "b"]
    assert tables["a"].select(["time", *types]).to_pylist() == [
        {"time": START, "last": 0.0, "tlast": 59_000, "n": 3},
        {"time": START + MINUTE, "last": 1.0, "tlast": -1, "n": 0},
    ]


def test_many_questions_have_their_answers_in_their_order(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)
    place.write_rows(site, "1m", "a", rows())
    requests: list[Any] = [
        HasMore(site, False, "a", ALWAYS, 3),
        Extent(site, ["a"]),
        RowExtent(site, "1m", ["a"]),
        Count(site, False, "a", ALWAYS),
    ]
    assert place.source.read(requests) == [ask(place, request) for request in requests]
    assert place.source.read([]) == []


def test_a_source_is_safe_for_concurrent_use(place: Place, site: str) -> None:
    place.write(site, "a", NUMBERS)

    def first(count: int) -> Any:
        return ask(place, SampleRange(site, False, ["a"], ALWAYS, count))["a"].samples.v.tolist()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first, range(1, 11))) == [[float(v) for v in range(k)] for k in range(1, 11)]
