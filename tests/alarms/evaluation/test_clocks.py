"""Devices whose clock is ahead: they silence no sensor, end no delay, and have alarms of their own."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings

from alarms.evaluation.columns import MAX_AHEAD_MS, not_ahead
from alarms.rules.models import Applies, EventCount, Stale
from ingest.events.entries import QueuedEvent, encode
from ingest.fleet.registry import register
from kernel.batch import Batch
from kernel.batch import encode as encode_batch
from stores.redis.client import redis_client
from stores.redis.streams import STREAM
from tests.alarms.evaluation_plant import Evaluated, S
from web.clock import now_ms
from web.stores import alarms, streams

HOUR = 3_600_000


@pytest.fixture
def now(plant: Evaluated) -> int:
    """Entries of the queue know when they came by the clock of Redis."""
    plant.now = now_ms()
    return plant.now


def test_a_sample_of_a_clock_that_is_ahead_makes_true_ones_not_late(plant: Evaluated, now: int) -> None:
    plant.rule()
    evaluator = plant.run()
    arrive(plant, now - 30 * S, now + 20 * HOUR, 70.0)
    plant.run(evaluator)
    plant.send(("TT-101", now, 85.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", now)] and alarms().late(plant.tenant.prefix) == []


def arrive(plant: Evaluated, arrived: int, t: int, value: float) -> None:
    """A sample of TT-101 in an entry of a time that has passed, before all others."""
    payload = encode_batch(
        Batch(
            [(plant.site, plant.sensor("TT-101"))], np.zeros(1, np.uint32), np.array([t * 1_000_000]),
            np.array([value]), np.zeros(1, np.uint8),
        )
    )  # fmt: skip
    redis_client(settings.REDIS_URL).xadd(plant.tenant.prefix + STREAM, {"n": 1, "d": payload}, f"{arrived}-0")


def test_a_delay_that_is_running_is_not_ended_by_a_clock_that_is_ahead(plant: Evaluated, now: int) -> None:
    plant.rule(on_delay_s=60.0)
    evaluator = plant.run()
    plant.send(("TT-101", now, 85.0))
    plant.run(evaluator)
    plant.send(("TT-101", now + 20 * HOUR, 70.0))
    plant.run(evaluator)
    assert plant.told() == []
    plant.now = now + HOUR
    plant.run(evaluator)
    assert plant.told() == []


def test_silence_after_a_sample_of_a_clock_that_is_ahead_is_found(plant: Evaluated, now: int) -> None:
    plant.rule(trigger=Stale(after_s=60))
    evaluator = plant.run()
    plant.send(("TT-101", now + 20 * HOUR, 70.0))
    plant.run(evaluator)
    plant.now = now_ms() + MAX_AHEAD_MS + 61 * S
    plant.run(evaluator)
    assert [what for what, _ in plant.told()] == ["raised"]


def test_a_device_whose_clock_is_always_ahead_has_alarms(plant: Evaluated, now: int) -> None:
    plant.rule()
    evaluator = plant.run()
    for k, value in enumerate((70.0, 85.0, 70.0)):
        plant.send(("TT-101", now + 4 * HOUR + k * 500, value), ("TT-101", now + 4 * HOUR + k * 500 + 1, value))
        plant.run(evaluator)
    assert [what for what, _ in plant.told()] == ["raised", "returned"]


def test_an_event_of_a_clock_that_is_ahead_counts_when_it_came(plant: Evaluated, now: int) -> None:
    register(plant.tenant, ["gw-1"], "hand", now)
    plant.rule(applies=Applies(devices=["gw-1"]), trigger=EventCount(event_type="fault", count=2, window_s=60))
    evaluator = plant.run()
    queued = [QueuedEvent(now + 20 * HOUR, "fault", "gw-1", "a", "{}"), QueuedEvent(now, "fault", "gw-1", "b", "{}")]
    streams().append(plant.tenant, [(2, payload) for payload in encode(queued)])
    plant.run(evaluator)
    [(what, t)] = plant.told()
    assert what == "raised" and abs(t - now - MAX_AHEAD_MS) < 10 * S


def test_times_that_are_ahead_keep_their_distances() -> None:
    def batch(*rows: tuple[int, int]) -> Batch:
        i, t = zip(*rows, strict=True)
        zeros = np.zeros(len(rows))
        return Batch(
            [("p", "a"), ("p", "b")], np.array(i, np.uint32), np.array(t) * 1_000_000, zeros, zeros.astype(np.uint8)
        )

    true = batch((0, 1_000), (1, 1_000 + MAX_AHEAD_MS))
    assert not_ahead(true, 1_000) is true
    moved = not_ahead(batch((0, 500), (0, 90_000), (1, 700_000), (0, 95_000)), 1_000)
    assert (moved.t // 1_000_000).tolist() == [500, 6_000, 11_000, 11_000]
    assert not moved.q.any() and len(moved) == 4
