"""Killed at any moment and started again: each recipient is told of each alarm, what is told twice has the same id, and
each outcome is in the journal once.
"""

from __future__ import annotations

import random
import signal
from collections import Counter

import pytest

from alarms.machine.model import What
from kernel.errors import Unavailable
from runtime.supervisor import Supervisor
from tests.alarms import doomed_notifier
from tests.alarms.notification.senders.conftest import receiver
from tests.alarms.notification.world import World
from tests.forked import forked
from tests.receivers import Answer, Receiver
from tests.waiting import wait_until
from web.clock import now_ms

assert receiver
ALARMS_EACH = 3


def test_kills(world: World, receiver: Receiver) -> None:
    _killed(world, receiver, random.Random(5).sample(doomed_notifier.MOMENTS, 4))


@pytest.mark.soak
def test_twenty_kills(world: World, receiver: Receiver) -> None:
    chance = random.Random(11)
    _killed(world, receiver, doomed_notifier.MOMENTS + [chance.choice(doomed_notifier.MOMENTS) for _ in range(12)])


@pytest.mark.soak
def test_redis_restarts(world: World, receiver: Receiver, servers: Supervisor) -> None:
    first, second = world.channel(receiver.url).id, world.channel(receiver.url, "Later").id
    world.route({"channels": [first]}, {"channels": [second], "after_s": 1})
    keys = list[str]()
    with forked(doomed_notifier.run, world.tenant, "none", "", 0) as process:
        for _ in range(3):
            keys += _raise(world, len(keys))
            servers.restart("redis")
            wait_until(lambda: _answers(world))
        wait_until(lambda: len(_ended(world)) == 2 * len(keys) and not world.timers())
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    _check(world, receiver, keys)


def _answers(world: World) -> bool:
    try:
        world.all()
        return True
    except Unavailable:
        return False


def _killed(world: World, receiver: Receiver, moments: list[tuple[str, str]]) -> None:
    chance = random.Random(7)
    first, second = world.channel(receiver.url).id, world.channel(receiver.url, "Later").id
    world.route({"channels": [first]}, {"channels": [second], "after_s": 1})
    keys = list[str]()
    for step, moment in moments:
        keys += _raise(world, len(keys))
        with forked(doomed_notifier.run, world.tenant, step, moment, chance.randint(1, 2)) as process:
            assert process.wait(60) == -signal.SIGKILL, (step, moment)
    keys += _raise(world, len(keys))
    receiver.answers = [Answer(503), Answer(silent=True), Answer(200)]
    with forked(doomed_notifier.run, world.tenant, "none", "", 0) as process:
        wait_until(lambda: len(_ended(world)) == 2 * len(keys) and not world.timers())
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    _check(world, receiver, keys)


def _check(world: World, receiver: Receiver, keys: list[str]) -> None:
    planned = world.all()
    told = Counter((delivery.facts[0].key, delivery.step) for delivery, _ in planned.values())
    assert told == dict.fromkeys(((key, step) for key in keys for step in (0, 1)), 1)
    assert {state.state for _, state in planned.values()} == {"sent"}
    assert {each.headers["idempotency-key"] for each in receiver.received} == set(planned)
    outcomes = [transition for _, transition in world.outcomes()]
    assert len(outcomes) == len(planned) and {each.what for each in outcomes} == {What.NOTIFIED}


def _raise(world: World, number: int) -> list[str]:
    world.now = now_ms()
    return [world.raise_alarm(f"s{n}") for n in range(number, number + ALARMS_EACH)]


def _ended(world: World) -> list[str]:
    return [id for id, (_, state) in world.all().items() if state.ended is not None]
