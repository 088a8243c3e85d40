"""Samples that arrive while stored ones are changed are not lost."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import pytest

from ingest.changes import applying, pausing
from ingest.corrections import jobs
from kernel.errors import Unavailable
from kernel.times import MINUTE
from stores.redis.writer_lease import WriterKind
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import World
from tests.ingest.test_corrections import START, series
from tests.ingest.test_own_writer import run, send
from tests.waiting import wait_until
from web.stores import streams

MS = 1_000_000
LATE, SAME = START + 5 * MINUTE + 1234, START + 6 * MINUTE


@pytest.mark.parametrize("kind", ["shared", "own"])
def test_what_arrives_between_reading_and_deleting_is_kept(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, kind: WriterKind
) -> None:
    world = World(plant)
    id = world.new_import()
    world.write("TT-101", series(0, 20), journal=id)
    really = applying.delete_spans

    def with_samples_before(*args: Any) -> None:
        send(plant, 777, LATE * MS)
        send(plant, 778, SAME * MS)
        time.sleep(1.5)  # several attempts of the writer
        assert LATE not in world.stored("TT-101"), "the writer waits"
        really(*args)

    with ExitStack() as writers:
        writers.enter_context(run("shared", [], plant.tenant))
        if kind == "own":
            writers.enter_context(run("own", [], plant.tenant))
        send(plant, 1, (START + 100 * MINUTE) * MS)  # so that the writer holds its lease
        wait_until(lambda: START + 100 * MINUTE in world.stored("TT-101"))
        with monkeypatch.context() as once:
            once.setattr(applying, "delete_spans", with_samples_before)
            world.undo(id)
        wait_until(lambda: SAME in world.stored("TT-101"))
        wait_until(lambda: LATE in world.stored("TT-101"))
    assert world.stored("TT-101") == {LATE: (777.0, 0), SAME: (778.0, 0), START + 100 * MINUTE: (1.0, 0)}


def test_a_writer_that_is_busy_for_too_long_is_not_overtaken(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "TIMEOUT_S", 0.3)
    world, lease, prefix = World(plant), streams().writer_lease, plant.tenant.prefix
    id = world.new_import()
    world.write("TT-101", series(0, 5), journal=id)
    assert lease.acquire(prefix, "shared")
    changes = [each.reversed() for each in applying_changes(plant, id)]
    with pytest.raises(Unavailable, match="did not pause in time"):
        applying.apply(plant.tenant, changes)
    assert not lease.is_paused(prefix), "the writer is not held up for what was given up"
    lease.hand_over(prefix, "own")
    assert lease.acquire(prefix, "shared")
    lease.pause(prefix)
    lease.hand_over(prefix, "shared")
    lease.resume(prefix)
    assert len(world.stored("TT-101")) == 5


def test_a_step_whose_pause_ended_writes_nothing(plant: Plant) -> None:
    with pausing.WriterPause(plant.tenant) as pause:
        pause.begin_step()
        streams().writer_lease.resume(plant.tenant.prefix)
        assert streams().writer_lease.acquire(plant.tenant.prefix, "shared"), "it ran out, and the writer went on"
        with pytest.raises(Unavailable):
            pause.check()
        streams().writer_lease.hand_over(plant.tenant.prefix, "shared")


def applying_changes(plant: Plant, id: str) -> Any:
    return jobs.journal_of(plant.tenant, id).read(0)
