"""The bulk writer, which the simulator's history and imports use."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bulk import BulkWriter, number_lines, text_lines
from ingest.line_protocol.formatting import lines_of
from kernel.batch import Batch
from kernel.errors import BadRequest, Unavailable
from runtime.supervisor import Supervisor
from stores.redis.latest import Latest
from tests.ingest.conftest import Plant
from tests.ingest.test_writer_kills import kill
from web.stores import streams

T = 1_770_000_000_000
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.lists(st.tuples(st.integers(-(2**60), 2**60), NUMBERS, st.integers(0, 2)), min_size=1, max_size=20)


def times(*moments: int) -> np.ndarray:
    return np.array(moments, np.int64)


def parsed(lines: bytes) -> list[tuple[str, float, str]]:
    """Head, value and rest of each line, whatever the number's spelling."""
    found = []
    for line in lines.decode().splitlines():
        head, _, tail = line.partition("value=")
        value, _, rest = tail.partition(",")
        found.append((head, float(value), rest))
    return found


@given(ROWS)
def test_columns_are_formatted_as_single_points_are(rows: list[tuple[int, float, int]]) -> None:
    t, v, q = (np.array(column) for column in zip(*rows, strict=True))
    batch = Batch([("p1", "s1")], np.zeros(len(t), np.uint32), t, v.astype(float), q.astype(np.uint8))
    quick = number_lines("p1,sensor=s1 ", t, v.astype(float), q.astype(np.uint8))
    assert quick.endswith(b"\n")
    assert parsed(quick) == parsed(b"\n".join(lines_of(batch)))


@given(st.lists(st.tuples(st.integers(0, 2**60), st.text(), st.integers(0, 2)), min_size=1, max_size=20))
def test_texts_too(rows: list[tuple[int, str, int]]) -> None:
    t, q = np.array([row[0] for row in rows]), np.array([row[2] for row in rows], np.uint8)
    batch = Batch(
        [("p1", "s1")], np.zeros(len(t), np.uint32), t, np.zeros(len(t)), q, {k: r[1] for k, r in enumerate(rows)}
    )
    assert text_lines("p1,sensor=s1 ", t, [row[1] for row in rows], q) == b"\n".join(lines_of(batch)) + b"\n"


def test_columns_are_stored_and_the_newest_is_the_latest_value(plant: Plant) -> None:
    number, text = plant.sensor("TT-101").id, plant.sensor("PLC.msg").id
    with BulkWriter(plant.tenant) as writer:
        writer.add(
            plant.site, number, times(T, T + 2000, T + 1000), np.array([1.0, 3.0, 2.0]), np.array([0, 1, 2], np.uint8)
        )
        writer.add(plant.site, text, times(T), ["started"])
        writer.add(plant.site, text, times(), [])
        assert writer.samples == 4
    assert plant.stored("TT-101") == {T * 10**6: (1.0, 0), (T + 1000) * 10**6: (2.0, 2), (T + 2000) * 10**6: (3.0, 1)}
    assert plant.stored("PLC.msg") == {T * 10**6: ("started", 0)}
    assert streams().latest.read(plant.tenant.prefix, [number, text]) == {
        number: Latest((T + 2000) * 10**6, 3.0, 1),
        text: Latest(T * 10**6, "started"),
    }


def test_of_equal_times_the_later_added_counts(plant: Plant) -> None:
    with BulkWriter(plant.tenant) as writer:
        for value in range(200):
            writer.add(plant.site, plant.sensor("TT-101").id, times(*range(T, T + 500)), np.full(500, float(value)))
    assert {value for value, _ in plant.stored("TT-101").values()} == {199.0}
    assert len(plant.stored("TT-101")) == 500


def test_what_is_not_finite_is_refused(plant: Plant) -> None:
    with BulkWriter(plant.tenant) as writer, pytest.raises(ValueError, match="not finite"):
        writer.add(plant.site, plant.sensor("TT-101").id, times(T), np.array([np.nan]))


def test_a_database_that_restarts_is_waited_for(plant: Plant, servers: Supervisor) -> None:
    (program,) = (status.name for status in servers.statuses() if plant.tenant.id in status.name)
    killer = threading.Timer(0.2, kill, (servers, program))
    killer.start()
    with BulkWriter(plant.tenant) as writer:
        for block in range(40):
            moments = T + block * 2000 + np.arange(2000, dtype=np.int64)
            writer.add(plant.site, plant.sensor("TT-101").id, moments, moments / 7)
            time.sleep(0.02)
    killer.join()
    stored = plant.stored("TT-101")
    assert len(stored) == 80_000
    assert all(value == t // 10**6 / 7 for t, (value, _) in stored.items())


def test_an_error_of_the_database_reaches_the_caller(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadRequest), BulkWriter(plant.tenant) as writer:
        writer.add(plant.site, "", times(T), np.array([1.0]))
    monkeypatch.setattr("ingest.bulk.OUTAGE_TIMEOUT_S", 0.2)
    nowhere = replace(plant.tenant, influx_url="http://127.0.0.1:9")
    with pytest.raises(Unavailable), BulkWriter(nowhere) as writer:
        writer.add(plant.site, "s1", times(T), np.array([1.0]))


def test_leaving_by_an_error_sends_nothing_more(plant: Plant) -> None:
    nowhere = replace(plant.tenant, influx_url="http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), BulkWriter(nowhere) as writer:
        writer.add(plant.site, "s1", T + np.arange(50_000, dtype=np.int64), np.zeros(50_000))
        raise KeyboardInterrupt
    assert time.monotonic() - began < 10


def test_samples_of_a_writer_that_was_stopped_have_their_latest_value(plant: Plant) -> None:
    """What a cancelled import had written is kept: live shows it, and the sensor has a history."""
    sensor, count = plant.sensor("TT-101").id, 60_000
    with pytest.raises(Stopped), BulkWriter(plant.tenant) as writer:
        writer.add(plant.site, sensor, T + np.arange(count), np.arange(float(count)))
        for each in writer._senders:
            each.wait()
        writer.add(plant.site, sensor, T + np.arange(count, count + 5), np.zeros(5))
        raise Stopped
    assert streams().latest.read(plant.tenant.prefix, [sensor])[sensor].t == (T + count - 1) * 1_000_000


class Stopped(Exception):
    pass
