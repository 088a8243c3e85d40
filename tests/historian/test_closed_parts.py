"""What is remembered of buckets that closed long ago is bounded, and never older than what was marked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from catalog.models import Sensor
from historian.asof.query import as_of
from historian.playback import row_samples, rung_tables
from historian.queries import playback, read_many
from historian.read import closed_source
from historian.read.closed_parts import CLOSED_MS, MAX_AGE_S, Chunks, ClosedParts, is_closed
from historian.read.closed_source import ClosedSource
from historian.read.closed_spans import ClosedSpans
from historian.read.planner import Ladder
from historian.retention.deletion import delete_samples
from historian.rungs.rungs import ALL_TIME, RUNGS
from historian.shape.methods import Method
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, NS_PER_MS, TimeRange
from stores.samples import SampleRange, Window
from stores.timeseries.client import Timeseries
from tests.historian.memory_source import MemorySource
from tests.historian.plant import START, add_sensors, listed
from tests.historian.test_ladder_late import TODAY, arrive, settle
from tests.historian.test_ladder_work import delete
from tests.historian.years import Truth
from web.respond import encode

MINUTES, QUARTERS = RUNGS[0], RUNGS[2]
LADDER = Ladder(MINUTES, epoch="e", late=3)
KEPT: Any = {"closed_source": closed_source, "rung_tables": rung_tables, "row_samples": row_samples}
END = START + 9 * DAY


def test_parts_are_known_until_a_late_mark_another_epoch_or_their_age() -> None:
    clock = 0.0
    parts = ClosedParts[str](len, lambda: clock)
    parts.put("s1", MINUTES, ("v",), LADDER, {1: "one", 2: "two"})
    assert parts.get("s1", MINUTES, ("v",), LADDER, [0, 1, 2]) == {1: "one", 2: "two"}
    assert parts.get("s2", MINUTES, ("v",), LADDER, [1]) == {} == parts.get("s1", MINUTES, ("w",), LADDER, [1])
    assert parts.get("s1", MINUTES, ("v",), Ladder(MINUTES, epoch="f", late=3), [1]) == {}
    clock += MAX_AGE_S
    parts.put("s1", MINUTES, ("v",), LADDER, {2: "again"})
    clock += 1
    assert parts.get("s1", MINUTES, ("v",), LADDER, [1, 2]) == {2: "again"}
    after = Ladder(MINUTES, epoch="e", late=4)
    assert parts.get("s1", MINUTES, ("v",), after, [2]) == {}
    parts.put("s1", MINUTES, ("v",), after, {2: "new"})
    parts.put("s1", MINUTES, ("v",), LADDER, {2: "old"})  # by a request that began before the mark
    assert parts.get("s1", MINUTES, ("v",), after, [2]) == {2: "new"}
    parts.put("s1", MINUTES, ("v",), Ladder(MINUTES), {2: "nobody knows the marks"})
    assert parts.get("s1", MINUTES, ("v",), Ladder(MINUTES), [2]) == {}


def test_the_series_used_last_stay() -> None:
    parts = ClosedParts[str](len, lambda: 0.0, max_bytes=5_000)
    for sensor in ("s1", "s2", "s3"):
        parts.put(sensor, MINUTES, (), LADDER, {1: "x" * 400})
    parts.get("s1", MINUTES, (), LADDER, [1])
    parts.put("s4", MINUTES, (), LADDER, {1: "x" * 400})
    known = [bool(parts.get(sensor, MINUTES, (), LADDER, [1])) for sensor in ("s1", "s2", "s3", "s4")]
    assert known == [True, False, True, True]
    parts.put("s5", MINUTES, (), LADDER, {1: "x" * 5_000})
    assert not parts.get("s5", MINUTES, (), LADDER, [1])


def test_a_series_loses_only_as_many_parts_as_others_need() -> None:
    parts = ClosedParts[str](len, lambda: 0.0, max_bytes=10_000)
    parts.put("s1", MINUTES, (), LADDER, dict.fromkeys(range(5), "x" * 400))
    parts.get("s1", MINUTES, (), LADDER, [0, 1])
    parts.put("s2", MINUTES, (), LADDER, dict.fromkeys(range(5), "x" * 400))
    assert list(parts.get("s1", MINUTES, (), LADDER, range(5))) == [0, 1, 4]
    assert list(parts.get("s2", MINUTES, (), LADDER, range(5))) == [0, 1, 2, 3, 4]


def test_only_what_closed_long_ago_and_is_not_marked_is_kept() -> None:
    now, chunk = 100 * HOUR, Chunks(QUARTERS, rows=4).span(50)
    assert chunk == TimeRange(50 * HOUR, 51 * HOUR)
    assert is_closed(chunk, QUARTERS, [], now)
    assert not is_closed(chunk, QUARTERS, [], chunk.end + CLOSED_MS - 1)
    assert not is_closed(chunk, QUARTERS, [TimeRange(chunk.end - MINUTE, chunk.end)], now)
    assert is_closed(chunk, QUARTERS, [TimeRange(chunk.end, chunk.end + MINUTE)], now)
    assert not is_closed(chunk, QUARTERS, [ALL_TIME], now)


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("usable", [False, True])
@pytest.mark.parametrize("limit", [None, 1, 50, 5_000])
def test_a_divided_request_is_answered_like_a_whole_one(newest: bool, usable: bool, limit: int | None) -> None:
    sensor = Sensor(id="s1", site="a", tag="T", name="T", interval_s=60.0)
    memory, draw = MemorySource(), np.random.default_rng(5)
    memory.write("a", "s1", [(t * MINUTE * NS_PER_MS, float(t), 2 * int(draw.random() < 0.2)) for t in range(1_000)])
    for _ in range(30):
        start, width = draw.integers(-200, 1_000) * 60_000 + 7, draw.integers(1, 600) * 60_000
        window = Window.of(TimeRange(int(start), int(start + width)))
        request = SampleRange("a", False, ("s1",), window, limit, newest, usable)
        now = int(draw.integers(0, 2_000)) * MINUTE
        [wanted] = memory.read([request])
        source = ClosedSource(memory, [sensor], {"s1": Ladder(RUNGS[1], epoch=f"{newest}{usable}{limit}")}, now)
        [found] = source.read([request])
        assert found.keys() == wanted.keys()
        for id, part in wanted.items():
            assert found[id].samples.t.tolist() == part.samples.t.tolist()
            assert (found[id].resume is None) == (part.resume is None)


@pytest.fixture
def truths(acme: TenantConnection) -> list[Truth]:
    """Nine days of minutes of a number and of a state."""
    sensors = add_sensors(acme, {}, {"kind": "discrete"})
    t, draw = np.arange(START, END, MINUTE), np.random.default_rng(1)
    states = np.repeat(draw.integers(0, 3, len(t) // 37 + 1), 37)[: len(t)].astype(float)
    values = (np.round(np.cumsum(draw.normal(0, 1, len(t))), 2), states)
    found = [Truth(s, t, v, np.zeros(len(t), np.uint8)) for s, v in zip(sensors, values, strict=True)]
    for truth in found:
        truth.write(acme)
    settle(acme)
    return found


SPANS = [TimeRange(END - width - 7, END - 7) for width in (HOUR, 8 * HOUR, DAY, 8 * DAY)]


def answers(tenant: TenantConnection, sensors: Sequence[Sensor]) -> bytes:
    trends = [read_many(tenant, sensors, span, 500, now_ms=TODAY) for span in SPANS]
    played = playback(tenant, sensors, TimeRange(END - 7 * DAY - 12_345, END - 12_345), 600, now_ms=TODAY)
    assert played.complete and played.rung == "15m"
    columns = [listed(column) for column in played.columns.values()]
    values = [as_of(tenant, sensors, END - back, TODAY) for back in (DAY // 3 - 1, 3 * DAY, 5 * DAY + 12_345)]
    return encode([trends, columns, played.changed, played.stale, values])


def emptied(kept: Any) -> Any:
    if isinstance(kept, ClosedSpans):
        return ClosedSpans(time.monotonic, kept._max_bytes, kept._per_ms)
    return ClosedParts(kept._size_of, time.monotonic)


@contextmanager
def nothing_remembered() -> Iterator[None]:
    """As in a process that has just started."""
    with pytest.MonkeyPatch.context() as patch:
        for module in KEPT.values():
            patch.setattr(module, "KEPT", emptied(module.KEPT))
        patch.setattr(closed_source, "LAST_ROWS", emptied(closed_source.LAST_ROWS))
        yield


def fresh(tenant: TenantConnection, sensors: Sequence[Sensor]) -> bytes:
    with nothing_remembered():
        return answers(tenant, sensors)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of InfluxDB."""
    asked: list[str] = []
    read = Timeseries.read

    def noted(self: Timeseries, wanted: Sequence[str]) -> Any:
        asked.extend(wanted)
        return read(self, wanted)

    monkeypatch.setattr(Timeseries, "read", noted)
    return asked


@pytest.mark.django_db
def test_answers_follow_late_samples_and_deletions(acme: TenantConnection, truths: list[Truth]) -> None:
    sensors = [truth.sensor for truth in truths]

    def check() -> bytes:
        found = answers(acme, sensors)
        assert found == fresh(acme, sensors)
        return found

    before = check()
    for truth in truths:
        arrive(acme, truth, [(END - DAY // 3 + 1, -7777.5), (END - 3 * DAY + 1, -5555.5)])
    marked = check()
    assert b"-7777.5" in marked and b"-7777.5" not in before
    settle(acme)
    assert b"-7777.5" in check()
    for truth in truths:
        delete(acme, truth.sensor, END - DAY // 3, END - DAY // 3 + 2)
    check()
    settle(acme)
    assert b"-7777.5" not in check()
    delete_samples(acme, sensors[0].site, TODAY)
    settle(acme)
    check()


@pytest.mark.django_db
def test_what_closed_long_ago_is_read_once(acme: TenantConnection, truths: list[Truth], statements: list[str]) -> None:
    sensors = [truth.sensor for truth in truths]
    first = answers(acme, sensors)
    statements.clear()
    assert answers(acme, sensors) == first
    assert not [each for each in statements if ".1m" in each or ".5m" in each or ".15m" in each], "rows"
    whole = [each for each in statements if each.startswith('SELECT "value"') and each.endswith("LIMIT 5001")]
    assert not whole, "samples"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["band", "mean"])
def test_a_shape_that_needs_fewer_columns_is_made_of_what_another_read(
    acme: TenantConnection, truths: list[Truth], statements: list[str], method: Method
) -> None:
    sensors, long = [truths[0].sensor], SPANS[-1]
    later = TimeRange(long.start + DAY + 11, long.end - HOUR)
    with nothing_remembered():
        for span in (long, later):
            read_many(acme, sensors, span, 500, "auto", now_ms=TODAY)
        statements.clear()
        found = [read_many(acme, sensors, span, 500, method, now_ms=TODAY) for span in (long, later)]
        assert not statements
    for span, each in zip((long, later), found, strict=True):
        with nothing_remembered():
            assert encode(read_many(acme, sensors, span, 500, method, now_ms=TODAY)) == encode(each)
