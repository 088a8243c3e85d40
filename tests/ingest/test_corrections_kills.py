"""Corrections, undos and imports killed (SIGKILL) before or after any step end as if nothing had happened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from ingest.changes import Journal, journaling, stored
from ingest.corrections import jobs
from ingest.corrections.models import NewCorrection
from jobs import DocumentRecord
from kernel.times import MINUTE
from stores.redis.client import redis_client
from stores.redis.latest import LatestValues
from stores.redis.marks import Marks
from stores.timeseries import Timeseries
from tests.doomed import doom
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import State, World, now
from web.stores import streams

START = 1_700_000_000_000
STEPS: dict[str, tuple[Any, str]] = {
    "a piece is kept": (Journal, "append"),
    "a file is synced": (os, "fsync"),
    "the ladder is marked": (Marks, "mark"),
    "samples are deleted": (Timeseries, "execute_all"),
    "samples are written": (Timeseries, "write_lines"),
    "a present value is replaced": (LatestValues, "replace"),
    "the record is saved": (DocumentRecord, "save"),
}
Moment = tuple[str, str, int]
MOMENTS: list[Moment] = [(step, when, turn) for step in STEPS for when in ("before", "after") for turn in (1, 3)]
EACH_STEP: list[Moment] = [
    *((step, ("before", "after")[place % 2], 1) for place, step in enumerate(STEPS)),
    ("samples are deleted", "after", 3),  # once the first page is done
    ("samples are written", "before", 3),
]
SOME_OR_ALL = pytest.mark.parametrize(
    "moments",
    [pytest.param(EACH_STEP, id="once at each step"), pytest.param(MOMENTS, id="at any", marks=pytest.mark.soak)],
)


@pytest.fixture
def world(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(stored, "PAGE", 8)
    monkeypatch.setattr(journaling, "PIECE", 8)
    return World(plant)


def killed_at(moment: Moment, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed at that point. Returns whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            step, when, turn = moment
            doom(*STEPS[step], when, turn)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    client = redis_client(settings.REDIS_URL)
    for key in (*client.scan_iter("pt:*:jobs:long"), *client.scan_iter("pt:*:lock:*")):
        client.delete(key)  # as they end by themselves after 15 s
    return os.WIFSIGNALED(status)


def perform(world: World, id: str) -> None:
    """Continue as the next worker would, once the killed one's slot is free."""
    deadline = time.monotonic() + 90
    while jobs.read(world.plant.tenant, id).state in ("queued", "running"):
        assert time.monotonic() < deadline
        jobs.perform(world.plant.tenant, id, lambda: now() + 3_600_000)  # long after any back-off
        time.sleep(0.05)
    assert jobs.read(world.plant.tenant, id).state == "done"


BEFORE: State = {START + n * MINUTE: (float(n), n % 3) for n in range(20)}
OTHER: State = {START + n * MINUTE + 30_000 * (n % 2): (100.0 + n, 0) for n in range(5, 30)}
SHIFTED = {t: v for t, v in BEFORE.items() if t < START + 5 * MINUTE} | {
    t + 3 * MINUTE: v for t, v in BEFORE.items() if t >= START + 5 * MINUTE
}
SHIFT: dict[str, Any] = {
    "action": "shift",
    "start": START + 5 * MINUTE,
    "end": START + 20 * MINUTE,
    "by_ms": 3 * MINUTE,
}


@SOME_OR_ALL
def test_a_shift_and_its_undo_survive_a_kill_at_any_step(world: World, moments: list[Moment]) -> None:
    tenant, sensor = world.plant.tenant, world.plant.sensor("TT-101").id
    died = 0
    for moment in moments:
        world.correct("delete", "TT-101", start=START - 1, end=START + 90 * MINUTE)
        world.write("TT-101", BEFORE)
        id = jobs.queue(tenant, NewCorrection(sensors=[sensor], **SHIFT), "erika", now()).id
        died += killed_at(moment, lambda id=id: jobs.perform(tenant, id, now))
        perform(world, id)
        assert world.stored("TT-101") == SHIFTED, moment
        assert streams().latest.read(tenant.prefix, [sensor])[sensor].ms == max(SHIFTED), moment

        undo = jobs.queue_undo(tenant, id, False, "erika", now()).id
        died += killed_at(moment, lambda undo=undo: jobs.perform(tenant, undo, now))
        perform(world, undo)
        assert world.stored("TT-101") == BEFORE, moment
        assert streams().latest.read(tenant.prefix, [sensor])[sensor].ms == max(BEFORE), moment
    assert died > len(moments), "most of the moments were reached"


def test_an_import_that_is_killed_at_any_step_is_finished_and_undone(world: World) -> None:
    died = 0
    for moment in (moment for moment in MOMENTS if moment[2] == 1):
        world.correct("delete", "TT-101", start=START - 1, end=START + 90 * MINUTE)
        world.write("TT-101", BEFORE)
        id = world.new_import()
        died += killed_at(moment, lambda id=id: world.write("TT-101", OTHER, journal=id))
        if world.stored("TT-101") != BEFORE:  # as far as it came it can be undone
            world.write("TT-101", OTHER, journal=id)
        assert world.stored("TT-101") in (BEFORE | OTHER, BEFORE), moment
        if jobs.journal_of(world.plant.tenant, id).exists():
            world.undo(id)
        assert world.stored("TT-101") == BEFORE, moment
    assert died > 5
