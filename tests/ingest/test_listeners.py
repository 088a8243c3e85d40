"""Listeners: when they are called, and what happens if one fails. For kills see `test_writer_kills.py`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.line_protocol.formatting import lines_of
from ingest.writer.intervals import IntervalListener
from ingest.writer.listeners import listeners_of
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.timeseries import RAW, Timeseries
from tests.ingest.conftest import Plant
from tests.ingest.test_writer import BATCHES, S, T, batch_of, send
from web.stores import streams, writer


class Listener:
    """Records its samples as (sensor, time)."""

    def __init__(self, name: str, log: list[str], failures: int = 0) -> None:
        self.name, self.log, self.failures = name, log, failures
        self.received: list[tuple[str, int]] = []

    def stored(self, batch: Batch) -> None:
        self.log.append(self.name)
        if self.failures:
            self.failures -= 1
            raise Unavailable("The listener's store is down.")
        self.received += [(batch.sensors[i][1], t) for i, t in zip(batch.i.tolist(), batch.t.tolist(), strict=True)]


def writer_with(tenant: TenantConnection, *listeners: Listener) -> TenantWriter:
    return TenantWriter(streams(), Timeseries(tenant.influx_url, tenant.writer, timeout_s=5), tenant, listeners)


def test_listeners_are_called_in_order_once_influxdb_has_the_samples(plant: Plant) -> None:
    log: list[str] = []

    class Looking(Listener):
        def stored(self, batch: Batch) -> None:
            super().stored(batch)
            assert plant.stored("TT-101") == {T: (1.0, 0)}
            assert streams().backlogs([plant.tenant.prefix]) == [1], "not yet acknowledged"

    first, second = Looking("first", log), Looking("second", log)
    send(plant, ("TT-101", "value=1", T))
    writer_with(plant.tenant, first, second).drain(lambda: True)
    assert log == ["first", "second"]
    assert first.received == second.received == [(plant.sensor("TT-101").id, T)]


def test_a_failed_listener_is_called_again_and_so_are_the_others(plant: Plant) -> None:
    log: list[str] = []
    listeners = [Listener("first", log), Listener("second", log, failures=1), Listener("third", log)]
    tenant_writer = writer_with(plant.tenant, *listeners)
    send(plant, ("TT-101", "value=1", T))
    with pytest.raises(Unavailable):
        tenant_writer.drain(lambda: True)
    assert streams().backlogs([plant.tenant.prefix]) == [1], "what somebody did not take is not acknowledged"
    assert not tenant_writer.drain(lambda: True)
    assert log == ["first", "second", "first", "second", "third"]
    assert [set(each.received) for each in listeners] == [{(plant.sensor("TT-101").id, T)}] * 3
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_listeners_get_no_samples_rejected_by_influxdb_but_all_others(plant: Plant) -> None:
    old = T - 5 * 365 * 86400 * S  # field types are kept by shard, and a shard is a year
    writer(plant.tenant).write_lines(RAW, f'{plant.site},sensor=x value="a text" {old}'.encode())
    listener = Listener("one", [])
    send(plant, ("TT-102", "value=1", T), ("TT-102", "value=13", old + S), ("TT-101", "value=2", T))
    writer_with(plant.tenant, listener).drain(lambda: True)
    ids = {tag: plant.sensor(tag).id for tag in ("TT-101", "TT-102")}
    assert listener.received == [(ids["TT-102"], T), (ids["TT-101"], T)]
    newest = streams().latest.read(plant.tenant.prefix, list(ids.values()))
    assert {sensor: sample.v for sensor, sample in newest.items()} == {ids["TT-101"]: 2.0, ids["TT-102"]: 1.0}


def test_config_registers_the_listeners(acme: TenantConnection) -> None:
    assert [type(listener) for listener in listeners_of(acme)] == [IntervalListener]
    assert listeners_of(acme)[0] is not listeners_of(acme)[0], "each tenant's writer has its own"


@given(BATCHES, st.data())
def test_removing_rows_from_a_batch_keeps_all_others(
    rows: list[tuple[int, int, float | str, int]], data: st.DataObject
) -> None:
    left_out = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    kept = [row for k, row in enumerate(rows) if k not in left_out]
    assert lines_of(batch_of(rows).without(left_out)) == lines_of(batch_of(kept))
