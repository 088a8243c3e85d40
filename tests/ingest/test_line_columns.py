"""Line protocol read by columns: the same points as one by one, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Sensor, Site
from catalog.snapshot import Snapshot
from catalog.units import StoredUnit
from ingest.line_protocol import columns
from ingest.mapping.routing import Known
from ingest.operations import DividedBatch, divide, in_columns
from ingest.points import NotInColumns, PointError
from ingest.sources.influxdb.operations import Lines
from stores.redis.epochs import Position

NOW = 1_770_000_000_000_000_000
SITE = Site(id="p1", slug="works", name="Works", timezone="UTC")
CELSIUS = StoredUnit(unit="°C", factor=1.8, offset=32.0)
SENSORS = [
    Sensor(id="s1", site="p1", tag="TT-1", name="a"),
    Sensor(id="s2", site="p1", tag="EM_ü", name="b", kind="counter"),
    Sensor(id="s3", site="p1", tag="P.run", name="c", kind="discrete", states={"0": "Off", "1": "On"}),
    Sensor(id="s4", site="p1", tag="MODE", name="d", kind="discrete"),
    Sensor(id="s5", site="p1", tag="MSG", name="e", kind="text"),
    Sensor(
        id="s6", site="p1", tag="CV-1", name="f", unit="°F", stored_as=StoredUnit(unit="°C", factor=1.8, offset=32.0)
    ),
]
CATALOG = Snapshot(
    Position("e", 1),
    {
        "sites": {"p1": SITE},
        "areas": {},
        "assets": {},
        "connections": {},
        "sensors": {each.id: each for each in SENSORS},
    },
)
COMMON = st.builds(
    "{},sensor={} value={}{}{}".format,
    st.sampled_from(["works", "works", "p1"]),
    st.sampled_from(["TT-1", "s1", "EM_ü", "P.run", "MODE", "CV-1"]),
    st.sampled_from(["0", "1", "1i", "0.0", "1.0e0"]),
    st.sampled_from(["", "", ",quality=0i", ",quality=2i"]),
    st.integers(NOW - 10**18, NOW).map(lambda t: f" {t}"),
)
VALUES = st.sampled_from(
    [
        "-0",
        "5.",
        ".5",
        "01i",
        "1e999",
        "-1e-999",
        "9" * 19,
        "9" * 18 + "i",
        "9" * 19 + "i",
        "true",
        '"x"',
        "nan",
        "1_0",
        "7",
    ]
) | st.floats(allow_nan=False, allow_infinity=False).map(repr)
TIMES = st.sampled_from(["", " ", " 0", f" {NOW + 10**17}", " 9223372036854775808", " -1", f" {NOW} "])
ODD = st.builds(
    "{},sensor={} value={}{}{}".format,
    st.sampled_from(["works", "nowhere", "wor\\ ks"]),
    st.sampled_from(["TT-1", "P.run", "MSG", "TT-404", "EM_ü", "TT-1,x=y", 'T"T']),
    VALUES,
    st.sampled_from(["", ",quality=3i", ",other=1", ",quality=1i"]),
    TIMES,
)
LINES = st.lists(
    COMMON | COMMON | COMMON | ODD | st.sampled_from(["", "# none", "x", "\x00", "works,sensor=TT-1"]), max_size=12
)
BREAKS = st.sampled_from(["\n", "\n", "\r\n"])


@dataclass(frozen=True)
class OneByOne:
    """The same points without their columns."""

    lines: Lines

    def __iter__(self) -> Iterator[Any]:
        return iter(self.lines)


def divided(points: Any, check: Any = None) -> DividedBatch:
    return divide(CATALOG, points, NOW, lambda: pytest.fail("there are no rules"), "influxdb", Known(), check)


def contents(batch: DividedBatch) -> Any:
    good = batch.good
    rows = [good.sensors, good.i.tolist(), good.t.tolist(), good.v.tobytes(), good.q.tolist(), good.texts]
    return rows, batch.refused, batch.malformed, batch.first


def assert_same(body: bytes, factor: int = 1) -> None:
    lines = Lines(body, factor)
    try:
        slow = divided(OneByOne(lines))
    except pytest.fail.Exception:  # a line that needs a rule
        with pytest.raises(pytest.fail.Exception):
            divided(lines)
        return
    assert contents(divided(lines)) == contents(slow)


@given(LINES, BREAKS, st.booleans(), st.integers(1, 60), st.sampled_from([1, 1_000]))
def test_a_body_gives_the_same_batch_by_columns_and_one_by_one(
    lines: list[str], line_break: str, closed: bool, window: int, factor: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(columns, "WINDOW_BYTES", window)
        assert_same((line_break.join(lines) + line_break * closed).encode(), factor)


@given(st.lists(COMMON, min_size=1, max_size=12), BREAKS, st.integers(1, 200))
def test_lines_of_the_common_form_are_read_by_columns(lines: list[str], line_break: str, window: int) -> None:
    body = line_break.join(lines).encode()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(columns, "WINDOW_BYTES", window)
        good = in_columns(Lines(body, 1), CATALOG, NOW)
        assert good is not None and len(good) == len(lines)
        assert_same(body)


def test_without_timestamps_all_points_are_of_now() -> None:
    body = b"works,sensor=TT-1 value=1\nworks,sensor=P.run value=1i"
    assert [part.t for part in columns.columns_of(body, 1)] == [None]
    assert divided(Lines(body, 1)).good.t.tolist() == [NOW, NOW]


def test_values_are_stored_in_the_sensors_units() -> None:
    assert divided(Lines(b"works,sensor=CV-1 value=212 1000000000000000000", 1)).good.v.tolist() == [100.0]


@pytest.mark.parametrize(
    "line",
    [
        "works,sensor=TT-1 value=1",  # beside others that have a timestamp
        "works,sensor=TT-1 value=1 9999999999999999999",
        "works,sensor=TT-1 value=nan 1",
        "works,sensor=T\\ T value=1 1",
        "",
        "#",
        f"works,sensor={'x' * 70_000} value=1 1",
        f"works,sensor=TT-1 value={'0' * 70_000} 1",
    ],
)
def test_other_lines_are_left_to_the_careful_reader(line: str) -> None:
    with pytest.raises(NotInColumns):
        list(columns.columns_of(f"works,sensor=TT-1 value=1 1\n{line}\nworks,sensor=TT-1 value=1 1".encode(), 1))
    with pytest.raises(NotInColumns):
        list(columns.columns_of(b"works,sensor=T\xff value=1 1", 1))


def test_a_sensor_that_the_sender_may_not_write_is_refused_all_the_same() -> None:
    def check(sensor: Sensor) -> None:
        if sensor.tag == "MODE":
            raise PointError("not yours")

    body = b"works,sensor=TT-1 value=1\nworks,sensor=MODE value=1"
    found = divided(Lines(body, 1), check)
    assert (len(found.good), found.refused, found.first[0].reason) == (1, 1, "not yours")
