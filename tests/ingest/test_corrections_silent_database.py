"""A database that falls silent in the middle of a change: no sample that arrives meanwhile is deleted with others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ingest.changes import applying, is_held, pausing
from ingest.corrections import jobs
from jobs import Outcome
from kernel.errors import Unavailable
from kernel.times import MINUTE
from runtime.supervisor import Supervisor
from stores.redis import writer_lease
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import World, now
from tests.ingest.test_corrections import START, series
from tests.ingest.test_own_writer import run, send
from tests.stopping import resume, stop
from tests.waiting import wait_until
from web import stores
from web.stores import streams

LATE, SAME = START + 5 * MINUTE + 1234, START + 6 * MINUTE
OF_THE_LIVE = {LATE: (777.0, 0), SAME: (778.0, 0)}
PAUSE_S, SILENCE_S = 1.5, 6.0  # longer than a breaker, after which others would send again


@pytest.fixture
def world(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(writer_lease, "PAUSE_MS", round(PAUSE_S * 1000))
    monkeypatch.setattr(pausing, "RENEW_S", PAUSE_S / 3)
    stores.replacer.cache_clear()
    yield World(plant)
    stores.replacer.cache_clear()


@pytest.fixture
def silence(servers: Supervisor, plant: Plant) -> Iterator[Callable[[], None]]:
    """Makes the tenant's database stand still for some seconds."""
    status = servers.status(f"influx-{plant.tenant.id}")
    assert status is not None and status.pid
    waking = threading.Timer(SILENCE_S, resume, (status.pid,))

    def begin() -> None:
        stop(status.pid)
        waking.start()

    yield begin
    resume(status.pid)
    waking.cancel()


@contextmanager
def before_the_delete(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> Iterator[None]:
    really = applying.delete_spans

    def after_it(*args: Any) -> None:
        act()
        really(*args)

    with monkeypatch.context() as once:
        once.setattr(applying, "delete_spans", after_it)
        yield


def imported(world: World) -> str:
    id = world.new_import()
    world.write("TT-101", series(0, 20), journal=id)
    return id


def test_a_step_waits_for_the_database_and_the_writer_for_the_step(
    world: World, silence: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, id = world.plant, imported(world)

    def fall_silent() -> None:
        for t, (value, _) in OF_THE_LIVE.items():
            send(plant, int(value), t * 1_000_000)
        silence()

    with run("shared", [], plant.tenant), before_the_delete(monkeypatch, fall_silent):
        began = time.monotonic()
        world.undo(id)
        assert time.monotonic() - began > SILENCE_S > 3 * PAUSE_S
        wait_until(lambda: world.stored("TT-101") == OF_THE_LIVE)


def test_a_writer_does_not_go_on_at_once_where_a_step_gave_up_waiting(
    world: World, silence: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_lease, "PAUSE_MS", 30_000)
    monkeypatch.setattr(stores, "REPLACING_TIMEOUT_S", 0.5)
    plant, lease, id = world.plant, streams().writer_lease, imported(world)
    undo = jobs.queue_undo(plant.tenant, id, False, "erika", now()).id
    with before_the_delete(monkeypatch, silence):
        assert jobs.perform(plant.tenant, undo, now) is Outcome.waits
    assert lease.is_paused(plant.tenant.prefix), "the delete may still be done"
    assert not lease.acquire(plant.tenant.prefix, "shared")
    monkeypatch.undo()
    stores.replacer.cache_clear()
    wait_until(lambda: jobs.perform(plant.tenant, undo, lambda: now() + 3_600_000) is Outcome.ended)
    assert world.stored("TT-101") == {} and not is_held(plant.tenant)
    assert not lease.is_paused(plant.tenant.prefix)


def test_a_step_whose_pause_expired_writes_nothing_even_if_no_writer_holds_the_lease_by_now(world: World) -> None:
    prefix = world.plant.tenant.prefix
    with pausing.WriterPause(world.plant.tenant) as pause:
        pause.begin_step()
        streams().writer_lease.resume(prefix)
        with pytest.raises(Unavailable, match="took too long"):
            pause.check()
    assert not streams().writer_lease.is_paused(prefix)
