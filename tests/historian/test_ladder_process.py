"""A ladder worker that is killed repeatedly at any point while data arrives: eventually everything is correct."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from django.conf import settings

from historian.ladder import process
from historian.ladder.horizons import LOCK
from historian.ladder.process import LadderWorker
from historian.ladder.repair import part_of
from historian.ladder.verify import verify
from historian.read.sources import sources_of
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from stores.redis.client import redis_client
from tests.forked import Forked, forked
from tests.historian import doomed_ladder
from tests.historian.plant import START, add_sensors
from tests.historian.test_ladder_late import KINDS, arrive, history
from tests.historian.years import Truth
from tests.waiting import wait_until
from web.stores import marks, streams

KILLS = [
    ("enroll", "after", 1),
    ("stream_csv", "after", 1),
    ("write_lines", "before", 2),
    ("write_lines", "after", 3),
    ("clear", "before", 1),
    ("clear_buckets", "after", 2),
]


@pytest.fixture
def rival(new_rival: TenantConnection) -> TenantConnection:
    return new_rival


def now() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def worker_process(tenant: TenantConnection, step: str = "none", moment: str = "", turn: int = 0) -> Iterator[Forked]:
    receiving, sending = multiprocessing.Pipe(duplex=False)
    try:
        with forked(doomed_ladder.run, tenant, step, moment, turn, sending) as process:
            assert receiving.poll(30)
            yield process
    finally:
        redis_client(settings.REDIS_URL).delete(f"pt:{tenant.disk or tenant.id}:lock:{LOCK}")  # ends in 15 s


def wait_built(tenant: TenantConnection, seconds: float = 180) -> None:
    def built() -> bool:
        counts = marks().counts(tenant.prefix, now() + MINUTE)
        return bool(counts.epoch) and not counts.due_buckets and not counts.backfill_ranges

    wait_until(built, seconds, told=lambda: marks().counts(tenant.prefix, now() + MINUTE))


class Load(threading.Thread):
    """Late samples of every kind, until there are `enough`. `rounds`: a permit for each one that has ended."""

    def __init__(self, tenant: TenantConnection, truths: list[Truth]) -> None:
        super().__init__()
        self.tenant, self.truths = tenant, truths
        self.enough, self.rounds = threading.Event(), threading.Semaphore(0)

    def run(self) -> None:
        draw = np.random.default_rng(1)
        while not self.enough.wait(0.05):
            for place, truth in enumerate(self.truths):
                rows = [(START + int(draw.integers(-12 * DAY, 12 * DAY)), truth.v[k]) for k in range(2)]
                self.truths[place] = arrive(self.tenant, truth, rows)
            self.rounds.release()


def test_a_worker_killed_repeatedly_still_completes_the_ladder(rival: TenantConnection) -> None:
    truths = [history(sensor) for sensor in add_sensors(rival, *KINDS)]
    for truth in truths:
        truth.write(rival)
    load = Load(rival, truths)
    load.start()
    try:
        for step, moment, turn in KILLS:
            with worker_process(rival, step, moment, turn) as doomed:
                assert doomed.wait(60) == -signal.SIGKILL, (step, moment)
            assert load.rounds.acquire(timeout=60)
    finally:
        load.enough.set()
        load.join()
    with worker_process(rival):
        wait_built(rival)
    for truth in load.truths:
        assert list(verify(rival, truth.sensor)) == [], truth.sensor.kind


def test_it_stops_on_request(rival: TenantConnection) -> None:
    with worker_process(rival) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_parts_of_history_follow_each_other_without_a_pause(
    rival: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "IDLE_PAUSE_S", 10.0)  # as many pauses as sensors would be too long to wait for
    for sensor in add_sensors(rival, *[{"interval_s": 3600.0}] * 20):
        Truth(sensor, np.arange(5) * HOUR + START, np.arange(5.0), np.zeros(5, np.uint8)).write(rival)
    with running(LadderWorker(lambda: [rival], now)):
        wait_built(rival, 100)


def test_the_cooldown_is_longer_while_many_samples_wait_to_be_stored(rival: TenantConnection) -> None:
    worker = LadderWorker(lambda: [rival], now)
    worker._refresh()
    assert worker._cooldown_s == process.COOLDOWN_S
    streams().append(rival, [(process.BUSY_BACKLOG + 1, b"not read here")])
    try:
        worker._refresh()
        assert worker._cooldown_s == process.BUSY_COOLDOWN_S
    finally:
        streams().commit(rival.prefix, streams().read(rival.prefix, 10))
    worker._refresh()
    assert worker._cooldown_s == process.COOLDOWN_S


def test_a_part_has_many_samples_although_they_are_sparser_than_their_interval_says(rival: TenantConnection) -> None:
    [sensor] = add_sensors(rival, {"interval_s": 1.0})
    days = np.arange(300)
    Truth(sensor, days * DAY + START, days * 1.0, np.zeros(300, np.uint8)).write(rival)
    whole = TimeRange(START, START + 300 * DAY)
    assert part_of(sources_of(rival).main, sensor, whole) == whole
    part = part_of(sources_of(rival).main, sensor, whole, 100)
    assert part.end == whole.end and 25 * DAY <= part.width <= 112 * DAY


@pytest.fixture
def running_worker(rival: TenantConnection) -> Iterator[LadderWorker]:
    with running(LadderWorker(lambda: [rival], now)) as worker:
        yield worker


@contextmanager
def running(worker: LadderWorker) -> Iterator[LadderWorker]:
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield worker
    worker.stop()
    thread.join()


def test_buckets_that_close_do_not_wait_for_history(rival: TenantConnection, running_worker: LadderWorker) -> None:
    live, old = add_sensors(rival, {"interval_s": 1.0}, {"interval_s": 60.0})
    t = np.arange(START - 300 * DAY, START, MINUTE)
    Truth(old, t, np.sin(t / HOUR), np.zeros(len(t), np.uint8)).write(rival)
    truth = Truth(live, np.array([START - DAY]), np.array([1.0]), np.zeros(1, np.uint8))
    truth.write(rival)
    wait_until(lambda: marks().state(rival.prefix, [live.id]).sensors[live.id].finest)
    waits: list[float] = []
    for number in range(40):
        if not marks().state(rival.prefix, [old.id]).sensors[old.id].ranges:
            break
        began = time.monotonic()
        truth = arrive(rival, truth, [(now() // MINUTE * MINUTE - MINUTE + number, float(number))])
        wait_until(lambda: not marks().state(rival.prefix, [live.id]).sensors[live.id].buckets, poll_s=0.02)
        waits.append(time.monotonic() - began)
    assert len(waits) >= 1, "history was built before a bucket closed"
    assert sorted(waits)[len(waits) // 2] < 6, waits
    assert max(waits) < 20, waits  # on a busy machine, while a part of a range is under way
    wait_built(rival)
    assert list(verify(rival, live)) == []
