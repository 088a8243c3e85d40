"""Whatever is killed, at any time: every acknowledged sample is in InfluxDB afterwards, with its value."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings

from ingest.sources.influxdb.operations import take_lines
from kernel.errors import TooManyRequests, Unavailable
from kernel.tenancy import TenantConnection
from runtime.supervisor import Supervisor
from tests.forked import Forked, forked
from tests.ingest import doomed_writer
from tests.ingest.conftest import Plant
from tests.waiting import WAIT_S, wait_until
from web.stores import streams

T = 1_770_000_000_000_000_000
BATCH = 40
Acknowledged = dict[str, dict[int, tuple[float, int]]]


class Sender(threading.Thread):
    """Writes batches as a device does, again when it is refused, and remembers what was acknowledged."""

    def __init__(self, plant: Plant, batches: int, pause_s: float = 0.0) -> None:
        super().__init__()
        self.plant, self.batches, self.pause_s = plant, batches, pause_s
        self.acknowledged: Acknowledged = {"TT-101": {}, "TT-102": {}}
        self.refusals = 0
        self.enough = threading.Event()

    def end(self) -> None:
        self.enough.set()
        self.join()

    def run(self) -> None:
        chance = random.Random(7)
        for number in range(self.batches):
            if self.enough.is_set():
                return
            samples = [
                (tag, T + (number * BATCH + k) * 10**9, round(chance.uniform(-50, 50), 3), chance.randrange(3))
                for k in range(BATCH)
                for tag in self.acknowledged
            ]
            body = "\n".join(f"{self.plant.slug},sensor={tag} value={v},quality={q}i {t}" for tag, t, v, q in samples)
            self._send(body.encode())
            for tag, t, v, q in samples:
                self.acknowledged[tag][t] = (v, q)
            time.sleep(self.pause_s)

    def _send(self, body: bytes) -> None:
        while True:
            try:
                take_lines(self.plant.tenant, body, 1, time.time_ns())
                return
            except (Unavailable, TooManyRequests):
                self.refusals += 1
                time.sleep(0.05)


def writer_process(
    tenant: TenantConnection,
    step: str = "none",
    moment: str = "",
    turn: int = 0,
    received: Path | None = None,
    also: Sequence[TenantConnection] = (),
) -> AbstractContextManager[Forked]:
    return forked(doomed_writer.run, settings.REDIS_URL, [tenant, *also], step, moment, turn, received)


def wait_stored(tenant: TenantConnection) -> None:
    wait_until(lambda: streams().backlogs([tenant.prefix]) == [0], meanwhile=Unavailable)


def assert_all_stored(sender: Sender) -> None:
    for tag, samples in sender.acknowledged.items():
        assert sender.plant.stored(tag) == samples
    newest = streams().latest.read(sender.plant.tenant.prefix, [sender.plant.sensor("TT-101").id])
    last = max(sender.acknowledged["TT-101"])
    assert newest[sender.plant.sensor("TT-101").id].t == last


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["claim", "read", "write_lines", "commit"])
def test_a_writer_killed_at_any_step_loses_nothing(plant: Plant, step: str, moment: str) -> None:
    sender = Sender(plant, 2_000, 0.1)
    sender.start()
    with writer_process(plant.tenant, step, moment, 1 if step == "claim" else 3) as doomed:
        assert doomed.wait(30) == -signal.SIGKILL
    sender.end()
    with writer_process(plant.tenant):
        wait_stored(plant.tenant)
    assert_all_stored(sender)


def received_by(listener: Path) -> dict[str, list[tuple[int, tuple[float, int]]]]:
    """By sensor id, (time, (value, quality)) in order of arrival."""
    received: dict[str, list[tuple[int, tuple[float, int]]]] = defaultdict(list)
    for line in listener.read_text().splitlines():
        sensor, t, v, q = line.split()
        received[sensor].append((int(t), (float(v), int(q))))
    return received


@pytest.mark.parametrize(
    ("step", "moment", "again"),
    [
        ("first listener", "before", set()),
        ("first listener", "after", {"first"}),  # the second was not called
        ("second listener", "after", {"first", "second"}),  # nothing was acknowledged
        ("commit", "before", {"first", "second"}),
        ("commit", "after", set()),
    ],
)
def test_listeners_get_every_sample_at_least_once_although_the_writer_is_killed_between_them(
    plant: Plant, tmp_path: Path, step: str, moment: str, again: set[str]
) -> None:
    sender = Sender(plant, 2_000, 0.1)
    sender.start()
    with writer_process(plant.tenant, step, moment, 3, tmp_path) as doomed:
        assert doomed.wait(30) == -signal.SIGKILL
    sender.end()
    with writer_process(plant.tenant, received=tmp_path):
        wait_stored(plant.tenant)
    assert_all_stored(sender)
    for name in ("first", "second"):
        received = received_by(tmp_path / name)
        for tag, samples in sender.acknowledged.items():
            recorded = received[plant.sensor(tag).id]
            assert dict(recorded) == samples
            assert len(recorded) > len(samples) or name not in again
            assert list(dict(recorded)) == sorted(samples), "in the order in which they were queued"


def test_a_writer_killed_again_and_again_under_load_loses_nothing(plant: Plant) -> None:
    sender = Sender(plant, 150, 0.02)
    sender.start()
    while sender.is_alive():
        with writer_process(plant.tenant) as process:
            time.sleep(0.8)
            process.kill()
    with writer_process(plant.tenant):
        wait_stored(plant.tenant)
    assert_all_stored(sender)


def test_a_stopping_writer_finishes_its_batch(plant: Plant) -> None:
    sender = Sender(plant, 2_000, 0.01)
    with writer_process(plant.tenant) as process:
        sender.start()
        wait_until(lambda: plant.stored("TT-101"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    sender.end()
    assert streams().claim(plant.tenant.prefix, 10) == [], "what was read was also stored"
    with writer_process(plant.tenant):
        wait_stored(plant.tenant)
    assert_all_stored(sender)


def kill(servers: Supervisor, name: str) -> None:
    servers.wait_running(name, WAIT_S)
    status = servers.status(name)
    assert status is not None
    os.kill(status.pid, signal.SIGKILL)


def test_redis_killed_under_load_loses_nothing_it_acknowledged(
    plant: Plant, servers: Supervisor, running_writer: Callable[..., None]
) -> None:
    running_writer(plant.tenant)
    sender = Sender(plant, 10_000, 0.01)
    sender.start()
    for _ in range(2):
        time.sleep(0.8)
        kill(servers, "redis")
    wait_until(lambda: sender.refusals > 0)
    sender.end()
    assert sender.refusals > 0
    wait_stored(plant.tenant)
    assert_all_stored(sender)


def test_influxdb_killed_under_load_stops_only_its_tenant(
    plant: Plant,
    rival: TenantConnection,
    servers: Supervisor,
    running_writer: Callable[..., None],
    plant_of: Callable[..., Plant],
) -> None:
    other = plant_of(rival)
    (program,) = (status.name for status in servers.statuses() if plant.tenant.id in status.name)
    running_writer(plant.tenant, rival)
    sender, other_sender = Sender(plant, 100, 0.02), Sender(other, 100, 0.01)
    sender.start()
    other_sender.start()
    for _ in range(2):
        time.sleep(0.5)
        kill(servers, program)
    other_sender.join()
    wait_stored(rival)
    assert_all_stored(other_sender)
    sender.join()
    wait_stored(plant.tenant)
    assert_all_stored(sender)
