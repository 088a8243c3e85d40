"""Several writer processes that serve all tenants at once: one after the other for each tenant."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from config.queue_metrics import exposition
from ingest.events import queries
from ingest.events.models import present
from ingest.sources.influxdb.operations import take_lines
from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.writer_identity import has_ended, own_identity
from stores.redis.writer_lease import WRITERS, Turn, preferred_writer
from tests.ingest.conftest import Plant, drain, make_writer
from tests.ingest.test_event_kills import EventSender
from tests.ingest.test_event_kills import T as EVENTS_START
from tests.ingest.test_writer_kills import Sender, T, assert_all_stored, wait_stored, writer_process
from tests.waiting import wait_until
from web.stores import streams, writer

EARLIER = T - 10**9


class Rewriting(threading.Thread):
    """Sends ever greater values of one time: the last one that was acknowledged must remain."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(daemon=True)
        self.plant, self.last, self.enough = plant, 0, threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.005):
            line = f"{self.plant.slug},sensor=EM-1 value={self.last + 1} {EARLIER}"
            take_lines(self.plant.tenant, line.encode(), 1, time.time_ns())
            self.last += 1


def kill_holder(tenant: TenantConnection) -> int:
    """Kill -9 of the process that drains the tenant now. Its PID."""
    killed = 0

    def found() -> bool:
        nonlocal killed
        kind, _, identity = streams().writer_lease.holder(tenant.prefix).partition(" ")
        if kind == "shared" and not has_ended(identity):
            killed = int(identity.rpartition("/")[2].partition(".")[0])
            os.kill(killed, signal.SIGKILL)
        return bool(killed)

    wait_until(found)
    return killed


def event_numbers(tenant: TenantConnection, device: str) -> list[int]:
    which = queries.which_events(None, None, EVENTS_START, device=device)
    found: list[int] = []
    cursor = ""
    while True:
        page = queries.page(tenant, which, 1_000, cursor)
        found += [present(each).fields["n"] for each in page.events]
        if not (cursor := page.next):
            return found


def test_writers_of_one_tenant_are_killed_under_load_until_one_is_left(plant: Plant) -> None:
    tenant = plant.tenant
    drain(tenant)  # what other tests left
    stored_before = streams().flow(tenant.prefix)[0]
    sender, rewriting = Sender(plant, 100_000, 0.002), Rewriting(plant)
    events = EventSender(tenant, f"several {plant.slug}", 100_000)
    senders = (sender, rewriting, events)

    def goes_on() -> None:
        stored = streams().flow(tenant.prefix)[0]
        wait_until(lambda: streams().flow(tenant.prefix)[0] > stored)

    with ExitStack() as stack:
        processes = {process.pid: process for _ in range(3) if (process := stack.enter_context(writer_process(tenant)))}
        try:
            for each in senders:
                each.start()
            for _ in range(2):
                goes_on()
                processes.pop(kill_holder(tenant)).wait(60)
            goes_on()
        finally:
            for each in senders:
                each.enough.set()
            for each in senders:
                each.join()
        wait_stored(tenant)
    assert_all_stored(sender)
    assert plant.stored("EM-1") == {EARLIER: (float(rewriting.last), 0)}, "in the order of arrival"
    latest = streams().latest.read(tenant.prefix, [plant.sensor("EM-1").id])[plant.sensor("EM-1").id]
    assert latest.v == rewriting.last
    acknowledged = sum(map(len, sender.acknowledged.values())) + rewriting.last
    assert streams().flow(tenant.prefix)[0] - stored_before == acknowledged, "each sample was acknowledged once"
    assert sorted(event_numbers(tenant, events.device)) == list(range(events.acknowledged))


def test_two_writers_share_the_tenants(plant: Plant, rival: TenantConnection, plant_of: Callable[..., Plant]) -> None:
    both = (Sender(plant, 100_000), Sender(plant_of(rival), 100_000))
    prefixes, lease = [plant.tenant.prefix, rival.prefix], streams().writer_lease
    redis: Any = streams()._redis
    with writer_process(plant.tenant, also=[rival]), writer_process(plant.tenant, also=[rival]):
        try:
            for each in both:
                each.start()

            def are_with_their_own() -> bool:
                writers = [each.decode() for each in redis.zrange(WRITERS, 0, -1)]
                alive = [each for each in writers if not has_ended(each)]
                return len(alive) == 2 and all(
                    lease.holder(prefix) == f"shared {preferred_writer(prefix, alive)}" for prefix in prefixes
                )

            wait_until(are_with_their_own)
        finally:
            for each in both:
                each.end()
        for each in both:
            wait_stored(each.plant.tenant)
    for each in both:
        assert_all_stored(each)


def test_one_writer_that_stops_leaves_its_tenants_at_once(plant: Plant) -> None:
    with writer_process(plant.tenant) as first:
        take_lines(plant.tenant, f"{plant.slug},sensor=TT-101 value=1 {T}".encode(), 1, time.time_ns())
        wait_stored(plant.tenant)
        assert str(first.pid) in streams().writer_lease.holder(plant.tenant.prefix), "kept, as it is alone"
        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 0
    assert streams().writer_lease.holder(plant.tenant.prefix) == ""


def test_a_writer_that_comes_or_goes_moves_only_its_part_of_the_tenants() -> None:
    prefixes = [f"pt:t{k}:" for k in range(900)]
    three = {prefix: preferred_writer(prefix, ["a", "b", "c"]) for prefix in prefixes}
    assert all(220 < list(three.values()).count(writer) < 380 for writer in "abc")
    two = {prefix: preferred_writer(prefix, ["a", "c"]) for prefix in prefixes}
    assert all(two[prefix] == writer for prefix, writer in three.items() if writer != "b")


def test_only_a_process_of_this_machine_can_be_known_to_have_ended() -> None:
    assert not any(map(has_ended, ["", "other-host/pid:[1]/7.7", own_identity()]))
    machine, _, process = own_identity().rpartition("/")
    assert has_ended(f"{machine}/{process}0"), "the PID is in use again, by another process"


class Losing:
    """Lets another writer take the tenant's lease as soon as samples are stored."""

    def __init__(self, tenant: TenantConnection) -> None:
        self.tenant = tenant

    def stored(self, batch: Batch) -> None:
        lose_lease(self.tenant)


def lose_lease(tenant: TenantConnection) -> bool:
    redis: Any = streams()._redis
    redis.delete(f"{tenant.prefix}ingest:writer")
    return streams().writer_lease.acquire(tenant.prefix, "own") == Turn.taken


@pytest.fixture
def waiting(plant: Plant) -> Iterator[Plant]:
    """Two writes of samples wait, and a shared writer of this process has the lease."""
    drain(plant.tenant)
    for start in (T, T + 20_000):
        lines = [f"{plant.slug},sensor=TT-101 value=1 {start + k}" for k in range(10_000)]
        take_lines(plant.tenant, "\n".join(lines).encode(), 1, time.time_ns())
    lease = streams().writer_lease
    assert lease.acquire(plant.tenant.prefix, "shared") == Turn.taken
    yield plant
    lease.release(plant.tenant.prefix)
    lease.hand_over(plant.tenant.prefix, "shared", force=True)
    drain(plant.tenant)


def test_a_writer_that_lost_its_lease_writes_no_more(waiting: Plant) -> None:
    with pytest.raises(Unavailable, match="another writer"):
        make_writer(waiting.tenant).drain(lambda: lose_lease(waiting.tenant), "shared")
    assert waiting.stored("TT-101") == {}
    streams().writer_lease.release(waiting.tenant.prefix)
    streams().writer_lease.acquire(waiting.tenant.prefix, "shared")
    with pytest.raises(Unavailable, match="another writer"):
        TenantWriter(streams(), writer(waiting.tenant), waiting.tenant, [Losing(waiting.tenant)]).drain(
            lambda: True, "shared"
        )
    assert len(waiting.stored("TT-101")) == 10_000, "it stops between two writes"
    assert streams().backlogs([waiting.tenant.prefix]) == [20_000], "nothing was acknowledged"


def test_the_lease_is_renewed_while_samples_are_stored(waiting: Plant) -> None:
    redis: Any = streams()._redis
    key = f"{waiting.tenant.prefix}ingest:writer"
    redis.pexpire(key, 8_000)
    assert not make_writer(waiting.tenant).drain(lambda: True, "shared")
    assert redis.pttl(key) > 8_000


def test_a_pause_that_is_asked_for_waits_until_the_batch_is_stored(waiting: Plant) -> None:
    lease = streams().writer_lease
    go_on = iter([True, False])

    def pauses() -> bool:
        return next(go_on) and not lease.pause(waiting.tenant.prefix)

    try:
        make_writer(waiting.tenant).drain(pauses, "shared")
        assert len(waiting.stored("TT-101")) == 20_000
    finally:
        lease.resume(waiting.tenant.prefix)


def test_writers_know_one_another_while_the_list_of_tenants_cannot_be_read(plant: Plant) -> None:
    drain(plant.tenant)
    redis: Any = streams()._redis
    other, lists = "elsewhere/pid:[1]/7.7", iter([[plant.tenant]])
    process = Writer(streams(), lambda: next(lists), make_writer)
    try:
        redis.zadd(WRITERS, {other: time.time()})
        process._refresh()
        assert other in process._writers
        redis.zrem(WRITERS, other)
        process._refresh()
        assert other not in process._writers and own_identity() in process._writers
        assert list(process._slots) == [plant.tenant.prefix]
    finally:
        redis.zrem(WRITERS, other)
        streams().writer_lease.unregister()
        process._pool.shutdown()


def figures(now_ms: int) -> dict[str, float]:
    lines = exposition(now_ms).decode().splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name.removeprefix("plantrace_ingest_"): float(value) for name, value in pairs}


def test_what_pods_write_does_not_scale_writers(plant: Plant, rival: TenantConnection) -> None:
    redis: Any = streams()._redis
    lease, now_ms = streams().writer_lease, time.time_ns() // 10**6
    for tenant in (plant.tenant, rival):
        drain(tenant)
    try:
        assert figures(now_ms)["busy_tenants"] == 0
        redis.set(f"{plant.tenant.prefix}ingest:waiting", 10**12)
        assert figures(now_ms)["waiting_samples"] == 0, "nothing is queued"
        redis.delete(f"{plant.tenant.prefix}ingest")
        redis.xadd(f"{plant.tenant.prefix}ingest", {"n": 1, "d": "x"}, id="1-1")
        found = figures(now_ms)
        assert found["waiting_samples"] == plant.tenant.limits.stream_length and found["lag_seconds"] == 86_400
        assert lease.acquire(plant.tenant.prefix, "own")
        assert figures(now_ms)["busy_tenants"] == 0, "shared writers may not store it"
        redis.set(f"{rival.prefix}ingest:waiting", 7)
        redis.delete(f"{rival.prefix}ingest")
        redis.set(f"{rival.prefix}ingest", "no stream")
        assert figures(now_ms)["busy_tenants"] == 0
    finally:
        lease.release(plant.tenant.prefix)
        redis.delete(*(f"{tenant.prefix}ingest{part}" for tenant in (plant.tenant, rival) for part in ("", ":waiting")))
