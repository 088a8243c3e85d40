"""A tenant's own writer together with the shared one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings

from ingest.sources.influxdb.operations import take_lines
from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.redis.streams import ALL_WAITING, Streams
from stores.redis.writer_lease import HOLDER, WriterKind
from stores.timeseries import Timeseries
from tests.ingest.conftest import Plant, drain, make_writer
from tests.ingest.test_writer import S, T
from tests.waiting import wait_until
from web.stores import streams

pytestmark = pytest.mark.usefixtures("frequent_polls")
Wrote = list[tuple[str, str]]  # which kind of writer, for which tenant
SEND_INTERVAL_S = 0.005  # a tenant may send 1,000 requests a second


@dataclass(frozen=True)
class Noting:
    """A listener that records who wrote."""

    wrote: Wrote
    kind: WriterKind
    slug: str

    def stored(self, batch: Batch) -> None:
        self.wrote.append((self.kind, self.slug))


@contextmanager
def run(kind: WriterKind, wrote: Wrote, *tenants: TenantConnection) -> Iterator[Writer]:
    def make(tenant: TenantConnection) -> TenantWriter:
        timeseries = Timeseries(tenant.influx_url, tenant.writer, timeout_s=5)
        return TenantWriter(streams(), timeseries, tenant, [Noting(wrote, kind, tenant.slug)])

    process = Writer(streams(), lambda: list(tenants), make, kind)
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        yield process
    finally:
        process.stop()
        thread.join()


def send(plant: Plant, value: int, t: int = T) -> None:
    take_lines(plant.tenant, f"{plant.slug},sensor=TT-101 value={value} {t}".encode(), 1, time.time_ns())


def wait_until_held_by(kind: WriterKind, tenant: TenantConnection) -> None:
    held = redis_client(settings.REDIS_URL)
    wait_until(lambda: (held.get(tenant.prefix + HOLDER) or b"").startswith(kind.encode()))


def test_the_shared_writer_leaves_a_tenant_to_its_own_writer_and_takes_over_again(
    plant: Plant, rival: TenantConnection, plant_of: Callable[..., Plant]
) -> None:
    other, wrote = plant_of(rival), Wrote()
    with run("shared", wrote, plant.tenant, rival):
        send(plant, 1)
        wait_until(lambda: plant.stored("TT-101") == {T: (1.0, 0)})
        with run("own", wrote, plant.tenant):
            wait_until_held_by("own", plant.tenant)
            wrote.clear()
            for value in range(2, 12):
                send(plant, value)
                send(other, value)
                time.sleep(0.02)
            wait_until(lambda: plant.stored("TT-101") == {T: (11.0, 0)})
            wait_until(lambda: other.stored("TT-101") == {T: (11.0, 0)})
            wait_until(lambda: len(wrote) == 20)  # told after it is stored
            assert set(wrote) == {("own", plant.tenant.slug), ("shared", rival.slug)}
        wrote.clear()
        send(plant, 12, T + S)
        wait_until(lambda: T + S in plant.stored("TT-101") and len(wrote) > 0)
        assert wrote == [("shared", plant.tenant.slug)]


def test_it_takes_over_during_a_flow_and_the_last_sample_of_each_time_wins(plant: Plant) -> None:
    wrote, sent = Wrote(), 0
    with run("shared", wrote, plant.tenant):
        started = time.monotonic()
        while time.monotonic() - started < 1:
            send(plant, sent := sent + 1)
            time.sleep(SEND_INTERVAL_S)
        with run("own", wrote, plant.tenant):
            started = time.monotonic()
            while time.monotonic() - started < 2:
                send(plant, sent := sent + 1)
                time.sleep(SEND_INTERVAL_S)
            wait_until(lambda: plant.stored("TT-101") == {T: (float(sent), 0)})
    # Each has ended, so it has told all that it stored.
    changes = [kind for (kind, _), (before, _) in zip(wrote[1:], wrote, strict=False) if kind != before]
    assert changes == ["own"], "one after the other, never both"
    assert len(wrote) == sent


def test_the_shared_writer_takes_over_from_a_killed_one(plant: Plant) -> None:
    prefix, lease = plant.tenant.prefix, streams().writer_lease
    assert lease.acquire(prefix, "own")
    assert not lease.acquire(prefix, "shared")
    send(plant, 1)
    assert streams().read(prefix, 10), "read by the own one, which is then killed"
    with run("shared", Wrote(), plant.tenant):
        time.sleep(1)
        assert plant.stored("TT-101") == {}
        wait_until(lambda: plant.stored("TT-101") == {T: (1.0, 0)})


def test_its_own_turn_waits_for_the_end_of_the_shared_writers(plant: Plant) -> None:
    prefix, lease = plant.tenant.prefix, streams().writer_lease
    assert lease.acquire(prefix, "shared")
    assert not lease.acquire(prefix, "own")
    assert not lease.acquire(prefix, "shared"), "no further turn while the own one waits"
    lease.hand_over(prefix, "own")
    assert not lease.acquire(prefix, "own"), "nobody ends another's turn"
    lease.hand_over(prefix, "shared")
    assert lease.acquire(prefix, "own")
    lease.release(prefix)
    assert lease.acquire(prefix, "shared")
    lease.hand_over(prefix, "shared")


def test_the_shared_writer_finds_what_a_tenants_api_pod_appends_and_waits_for_more(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = Streams(settings.REDIS_URL, own=True)
    monkeypatch.setattr("ingest.operations.streams", lambda: pod)
    with run("shared", Wrote(), plant.tenant) as process:
        send(plant, 1)
        wait_until(lambda: plant.stored("TT-101") == {T: (1.0, 0)})
        wait_until(lambda: process._without_own_writer == {plant.tenant.prefix})
        send(plant, 2, T + S)
        wait_until(lambda: T + S in plant.stored("TT-101"))


def test_pods_take_nothing_while_all_backlogs_are_at_their_bound(plant: Plant) -> None:
    pod, full = Streams(settings.REDIS_URL, own=True), Streams(settings.REDIS_URL, max_backlog=10)
    process = Writer(full, list, lambda tenant: pytest.fail("nothing is drained here"))
    found = {plant.tenant.prefix: plant.tenant}
    process._correct_backlogs(found, [9])
    assert pod.append(plant.tenant, [(9, b"x")])
    process._correct_backlogs(found, [10])
    with pytest.raises(Unavailable, match="all tenants"):
        pod.append(plant.tenant, [(1, b"x")])
    full.correct_backlog(0)


def test_a_pods_reported_backlog_is_capped_at_its_limit(plant: Plant) -> None:
    process = Writer(streams(), list, lambda tenant: pytest.fail("nothing is drained here"))
    process._correct_backlogs({plant.tenant.prefix: plant.tenant}, [10**15])
    assert int(redis_client(settings.REDIS_URL).get(ALL_WAITING) or 0) == plant.tenant.limits.stream_length
    streams().correct_backlog(0)


def test_a_lease_that_is_taken_while_nothing_waits_is_recovered_from(plant: Plant) -> None:
    drain(plant.tenant)
    prefix, lease = plant.tenant.prefix, streams().writer_lease
    process = Writer(streams(), lambda: [plant.tenant], make_writer, "own")
    try:
        process._refresh()
        slot = process._slots[prefix]
        process._turn(slot)
        lease.hand_over(prefix, "own")
        send(plant, 1)
        assert len(streams().read(prefix, 9)) == 1, "by the shared writer, whose write fails"
        process._announce([prefix])
        send(plant, 2)
        process._turn(slot)
        assert streams().backlogs([prefix]) == [0]
        assert plant.stored("TT-101") == {T: (2.0, 0)}, "in the order of arrival"
    finally:
        lease.release(prefix)
        process._pool.shutdown()
        drain(plant.tenant)
