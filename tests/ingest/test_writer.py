"""The writer: late samples, poison batches, silent databases, tenants that are added and removed."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.intervals import usual_interval
from ingest.letters import WRITER, Letter, decode_letter
from ingest.line_protocol.formatting import lines_of
from ingest.sources.influxdb.operations import take_lines
from ingest.writer.intervals import IntervalListener
from ingest.writer.newest import merge_newest, newest_of
from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch, decode, encode
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.timeseries import RAW
from tests.ingest.conftest import Plant, drain, make_writer
from tests.waiting import WAIT_S, wait_until
from web.stores import streams, writer

pytestmark = pytest.mark.usefixtures("frequent_polls")
T = 1_770_000_000_000_000_000
S = 1_000_000_000


def send(plant: Plant, *samples: tuple[str, str, int]) -> None:
    body = "\n".join(f"{plant.slug},sensor={tag} {field} {t}" for tag, field, t in samples)
    take_lines(plant.tenant, body.encode(), 1, time.time_ns())


def test_a_late_sample_is_stored_without_becoming_the_latest(plant: Plant) -> None:
    send(plant, ("TT-101", "value=5", T))
    drain(plant.tenant)
    send(plant, ("TT-101", "value=4", T - S), ("TT-102", "value=1", T - S))
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T - S: (4.0, 0), T: (5.0, 0)}
    latest = streams().latest.read(plant.tenant.prefix, [plant.sensor("TT-101").id, plant.sensor("TT-102").id])
    assert {sample.v for sample in latest.values()} == {5.0, 1.0}


def test_a_corrected_sample_replaces_value_and_quality(plant: Plant) -> None:
    send(plant, ("TT-101", "value=5,quality=2i", T), ("TT-101", "value=6", T))
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (6.0, 0)}
    send(plant, ("TT-101", "value=7,quality=1i", T))
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (7.0, 1)}
    assert streams().latest.read(plant.tenant.prefix, [plant.sensor("TT-101").id])[plant.sensor("TT-101").id].v == 7.0


def newest_letter(plant: Plant) -> Letter:
    (kept,) = streams().dead_letters.page(plant.tenant.prefix, 1)
    return decode_letter(kept.payload)


def test_samples_rejected_for_good_become_dead_letters_and_the_rest_is_stored(plant: Plant) -> None:
    year = 365 * 86400 * S  # field types are kept by shard, and a shard is a year
    old = T - 5 * year
    writer(plant.tenant).write_lines(RAW, f'{plant.site},sensor=x value="a text" {old}'.encode())
    good = [("TT-101", f"value={k}", T + k * S) for k in range(50)]
    send(plant, *good[:25], ("TT-102", "value=13", old + S), *good[25:])
    drain(plant.tenant)
    assert len(plant.stored("TT-101")) == 50
    assert plant.stored("TT-102") == {}
    letter = newest_letter(plant)
    assert "field type conflict" in letter.reason and letter.origin.source == WRITER
    assert letter.item == f"{plant.site},sensor={plant.sensor('TT-102').id} value=13.0,quality=0i {old + S}".encode()
    assert streams().backlogs([plant.tenant.prefix]) == [0]
    assert streams().latest.read(plant.tenant.prefix, [plant.sensor("TT-102").id]) == {}


def test_an_entry_that_is_no_batch_is_a_dead_letter(plant: Plant) -> None:
    streams().append(plant.tenant, [(1, b"nonsense")])
    send(plant, ("TT-101", "value=1", T))
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (1.0, 0)}
    assert newest_letter(plant).item == b"nonsense"


@contextmanager
def silent_server() -> Iterator[socket.socket]:
    """Connects, and never answers: worse than a server that is down. Who waits for it is released in the end."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server


def test_a_silent_database_delays_nobody_else(
    plant: Plant,
    rival: TenantConnection,
    plant_of: Callable[..., Plant],
    running_writer: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.ingest.conftest.WRITE_TIMEOUT_S", 3600.0)  # the silent one is never given up
    other = plant_of(rival)
    with silent_server() as server:
        running_writer(replace(plant.tenant, influx_url=f"http://127.0.0.1:{server.getsockname()[1]}"), rival)
        send(plant, ("TT-101", "value=1", T))
        assert select.select([server], [], [], WAIT_S)[0], "it is asked to store it"
        send(other, ("TT-101", "value=2", T))
        wait_until(lambda: other.stored("TT-101") == {T: (2.0, 0)})
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (1.0, 0)}


def test_tenants_are_added_and_removed_while_it_runs(
    plant: Plant, rival: TenantConnection, plant_of: Callable[..., Plant]
) -> None:
    other = plant_of(rival)
    known = [plant.tenant]
    process = Writer(streams(), lambda: list(known), make_writer)
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        send(plant, ("TT-101", "value=1", T))
        send(other, ("TT-101", "value=2", T))
        wait_until(lambda: bool(plant.stored("TT-101")))
        assert other.stored("TT-101") == {}, "not a tenant of this writer yet"
        known[:] = [rival]
        wait_until(lambda: other.stored("TT-101") == {T: (2.0, 0)})
        send(plant, ("TT-101", "value=3", T + S))
        time.sleep(2.5)
        assert T + S not in plant.stored("TT-101"), "suspended: its samples wait"
        known[:] = [plant.tenant, rival]
        wait_until(lambda: T + S in plant.stored("TT-101"))
    finally:
        process.stop()
        thread.join()


def test_what_somebody_read_and_forgot_is_found(plant: Plant, running_writer: Callable[..., None]) -> None:
    running_writer(plant.tenant)
    time.sleep(0.5)
    while not streams().read(plant.tenant.prefix, 10):  # before the writer does
        drain(plant.tenant)
        send(plant, ("TT-101", "value=1", T))
    wait_until(lambda: plant.stored("TT-101") == {T: (1.0, 0)})
    wait_until(lambda: streams().backlogs([plant.tenant.prefix]) == [0])


def test_a_sample_is_written_soon_after_it_was_accepted(
    plant: Plant, running_writer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.writer.process.POLL_INTERVAL_S", 3600.0)  # so each of them has to wake it
    running_writer(plant.tenant)
    seconds = []
    for k in range(20):
        began = time.monotonic()
        send(plant, ("TT-101", f"value={k}", T + k))
        wait_until(lambda t=T + k: t in plant.stored("TT-101"))  # type: ignore[misc]
        seconds.append(time.monotonic() - began)
    assert sorted(seconds)[10] < 2, seconds


def test_the_interval_is_inferred_from_the_first_samples_and_a_declared_one_stays(
    acme: TenantConnection, plant_of: Callable[..., Plant]
) -> None:
    plant = plant_of(
        acme,
        [
            {"tag": "A", "name": "a"},
            {"tag": "B", "name": "b", "interval_s": 60},
            {"tag": "C", "name": "c", "sampling": "on_change"},
        ],
    )
    tenant_writer = TenantWriter(streams(), writer(acme), acme, [IntervalListener(acme)])
    for k in range(20):
        t = T + k * 5 * S + (k % 3) * 50_000_000
        send(plant, ("A", "value=1", t), ("B", "value=1", t), ("C", "value=1", t))
        tenant_writer.drain(lambda: True)
    assert [plant.sensor(tag).interval_s for tag in "ABC"] == [5, 60, None]


BATCHES = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(-5, 5), st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text()),
        st.integers(0, 2),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


def batch_of(rows: list[tuple[int, int, float | str, int]]) -> Batch:
    return Batch(
        [("p1", f"s{k}") for k in range(4)],
        np.array([row[0] for row in rows], np.uint32),
        np.array([row[1] for row in rows], np.int64),
        np.array([0.0 if isinstance(row[2], str) else row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.uint8),
        {k: row[2] for k, row in enumerate(rows) if isinstance(row[2], str)},
    )


@given(BATCHES, st.integers(1, 7))
def test_a_batch_survives_the_stream_as_a_whole_or_in_parts(
    rows: list[tuple[int, int, float | str, int]], most: int
) -> None:
    batch = batch_of(rows)
    parts = [decode(encode(part)) for part in batch.parts(most)]
    assert all(len(part) <= most for part in parts)
    assert [line for part in parts for line in lines_of(part)] == lines_of(batch)


@given(BATCHES, st.integers(1, 7))
def test_the_newest_sample_is_the_last_of_the_greatest_time(
    rows: list[tuple[int, int, float | str, int]], most: int
) -> None:
    slow: dict[str, Latest] = {}
    for sensor, t, value, quality in rows:
        known = slow.get(f"s{sensor}")
        if known is None or t >= known.t:
            slow[f"s{sensor}"] = Latest(t, value, quality)
    quick: dict[str, Latest] = {}
    for part in batch_of(rows).parts(most):
        merge_newest(quick, newest_of(part))
    assert quick == slow


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([1.0] * 20, 1),
        ([60.0] * 5 + [120.0] + [60.0] * 10, 60),
        ([0.98, 1.02] * 10, 1),
        ([7.0] * 20, 7),
        ([1.0] * 3, None),
    ],
)
def test_usual_interval(seconds: list[float], expected: float | None) -> None:
    times = T + np.cumsum(np.array(seconds) * S).astype(np.int64)
    assert usual_interval(times) == expected
