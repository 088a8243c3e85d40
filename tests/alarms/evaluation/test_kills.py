"""Whatever is killed or stopped: each alarm is in the journal once, as the samples say, and so is what people did."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kernel.tenancy import TenantConnection
from runtime.supervisor import Supervisor
from tenants.drivers.local.names import program_name
from tests.alarms import doomed_evaluator
from tests.alarms.evaluation.waves import Operator, Waves, check_journal, wait_settled
from tests.alarms.evaluation_plant import Evaluated
from tests.forked import forked
from tests.ingest.conftest import running_writer
from tests.waiting import wait_until
from web.stores import alarms, streams

assert running_writer
StartWriter = Callable[[TenantConnection], None]
MOMENTS = [(step, moment) for step in doomed_evaluator.STEPS for moment in ("before", "after")]


@pytest.fixture
def operator(plant: Evaluated) -> Iterator[Operator]:
    made = Operator(plant)
    made.start()
    yield made
    if made.is_alive():
        made.end()


def test_kills(plant: Evaluated, operator: Operator, running_writer: StartWriter) -> None:
    _killed(plant, operator, running_writer, random.Random(3).sample(MOMENTS, 3))


@pytest.mark.soak
def test_twenty_kills(plant: Evaluated, operator: Operator, running_writer: StartWriter) -> None:
    chance = random.Random(11)
    _killed(plant, operator, running_writer, [chance.choice(MOMENTS) for _ in range(20)])


def _killed(plant: Evaluated, operator: Operator, running_writer: StartWriter, moments: list[tuple[str, str]]) -> None:
    chance = random.Random(7)
    waves = Waves(plant, 10_000)
    plant.run().release()  # from here on the queue is kept for alarms
    running_writer(plant.tenant)
    waves.start()
    try:
        for step, moment in moments:
            with forked(doomed_evaluator.run, plant.tenant, step, moment, chance.randint(1, 6)) as process:
                assert process.wait(30) == -signal.SIGKILL, (step, moment)
    finally:
        waves.end()
    with forked(doomed_evaluator.run, plant.tenant, "none", "", 0) as process:
        wait_settled(plant)
        operator.end()
        wait_settled(plant)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert check_journal(plant, waves, operator) > 20 * len(moments)
    wait_until(lambda: streams().backlogs([plant.tenant.prefix]) == [0])  # the writer may still be at work


@pytest.mark.soak
def test_redis_restarts(plant: Evaluated, operator: Operator, running_writer: StartWriter, servers: Supervisor) -> None:
    with _evaluated(plant, operator, running_writer) as waves:
        for _ in range(3):
            time.sleep(3)
            servers.restart("redis")
        time.sleep(3)
    assert check_journal(plant, waves, operator) > 50


def test_the_database_is_stopped(
    acme: TenantConnection, plant: Evaluated, operator: Operator, running_writer: StartWriter, servers: Supervisor
) -> None:
    _stopped_for(3, program_name(acme.id), plant, operator, running_writer, servers)


@pytest.mark.soak
def test_the_database_is_stopped_for_a_minute(
    acme: TenantConnection, plant: Evaluated, operator: Operator, running_writer: StartWriter, servers: Supervisor
) -> None:
    _stopped_for(60, program_name(acme.id), plant, operator, running_writer, servers)


def _stopped_for(
    seconds: float,
    database: str,
    plant: Evaluated,
    operator: Operator,
    running_writer: StartWriter,
    servers: Supervisor,
) -> None:
    """Alarms are raised and acknowledged meanwhile, and are in the journal once it is back."""
    with _evaluated(plant, operator, running_writer) as waves:
        time.sleep(1)
        servers.stop_program(database)
        try:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                number = alarms().number(plant.tenant.prefix)
                wait_until(lambda before=number: alarms().number(plant.tenant.prefix) > before)  # type: ignore[misc]
                time.sleep(0.5)
            wait_until(lambda: alarms().outgoing_count(plant.tenant.prefix) > 10)
        finally:
            servers.start_program(database)
        time.sleep(1)
    assert check_journal(plant, waves, operator) > 20


@contextmanager
def _evaluated(plant: Evaluated, operator: Operator, running_writer: StartWriter) -> Iterator[Waves]:
    """While samples are sent; afterwards all of them are evaluated, and in the journal."""
    waves = Waves(plant, 10_000)
    plant.run().release()
    running_writer(plant.tenant)
    with forked(doomed_evaluator.run, plant.tenant, "none", "", 0) as process:
        waves.start()
        try:
            yield waves
        finally:
            waves.end()
        wait_settled(plant)
        operator.end()
        wait_settled(plant)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
