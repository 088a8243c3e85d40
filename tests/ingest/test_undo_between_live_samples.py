"""Undo where live samples lie between those of the import: as quick as elsewhere, exact, and safe from kills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from historian.ladder.verify import verify
from ingest.changes import applying, is_held, journaling, stored
from ingest.corrections import jobs
from ingest.corrections.models import NewCorrection
from kernel.times import MINUTE
from stores.timeseries import Timeseries
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import State, World, now
from tests.ingest.test_corrections_kills import SOME_OR_ALL, Moment, killed_at, perform
from web.stores import streams

START = 1_700_000_000_000
COUNT = 5_000
IMPORTED: State = {START + n * MINUTE: (float(n), n % 3) for n in range(COUNT)}
LIVE: State = {START + n * MINUTE + 30_000: (1000.0 + n, (n + 1) % 3) for n in range(COUNT)}
OVERWRITTEN: State = {START + n * MINUTE: (-5.0, 0) for n in range(7, COUNT, 1_000)}


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All that deletes."""
    sent: list[str] = []
    really = Timeseries.execute_all

    def recorded(self: Timeseries, some: Any) -> None:
        sent.extend(some)
        really(self, some)

    monkeypatch.setattr(Timeseries, "execute_all", recorded)
    yield sent


def counts(result: Any) -> tuple[int, int, int, int]:
    return result.removed, result.added, result.changed, result.left


def imported_between_live_samples(world: World) -> str:
    id = world.new_import()
    world.write("TT-101", IMPORTED, journal=id)
    world.write("TT-101", LIVE)
    world.write("TT-101", OVERWRITTEN)
    return id


def test_thousands_of_live_samples_stay_and_few_deletes_are_sent(world: World, statements: list[str]) -> None:
    id = imported_between_live_samples(world)
    expected = (COUNT - len(OVERWRITTEN), 0, 0, len(OVERWRITTEN))
    assert counts(world.undo(id, dry_run=True).result) == expected
    assert world.stored("TT-101") == IMPORTED | LIVE | OVERWRITTEN
    assert counts(world.undo(id).result) == expected
    assert world.stored("TT-101") == LIVE | OVERWRITTEN
    assert len(statements) <= applying.MAX_DELETES
    assert not is_held(world.plant.tenant)


def test_the_ladder_is_right_when_it_is_built_right_afterwards(world: World) -> None:
    tenant, sensor = world.plant.tenant, world.plant.sensor("TT-101")
    id = imported_between_live_samples(world)
    settle(tenant)
    world.undo(id)
    settle(tenant)
    assert list(verify(tenant, sensor)) == []


@SOME_OR_ALL
def test_an_undo_between_live_samples_survives_a_kill_at_any_step(
    world: World, monkeypatch: pytest.MonkeyPatch, moments: list[Moment]
) -> None:
    monkeypatch.setattr(stored, "PAGE", 100)
    monkeypatch.setattr(journaling, "PIECE", 40)
    imported, live = (dict(list(all_.items())[:90]) for all_ in (IMPORTED, LIVE))
    replaced = {t: (500.0, 0) for t in list(imported)[10:20]}
    overwritten = {t: (-5.0, 0) for t in list(imported)[30:33]}
    tenant, died = world.plant.tenant, 0
    for moment in moments:
        world.correct("delete", "TT-101", start=START - 1, end=START + COUNT * MINUTE)
        world.write("TT-101", replaced)
        id = world.new_import()
        world.write("TT-101", imported, journal=id)
        world.write("TT-101", live | overwritten)
        undo = jobs.queue_undo(tenant, id, False, "erika", now()).id
        died += killed_at(moment, lambda undo=undo: jobs.perform(tenant, undo, now))
        perform(world, undo)
        assert world.stored("TT-101") == replaced | live | overwritten, moment
        assert counts(jobs.read(tenant, undo).result) == (77, 0, 10, 3), moment
        sensor = world.plant.sensor("TT-101").id
        assert streams().latest.read(tenant.prefix, [sensor])[sensor].ms == max(live), moment
    assert died > len(moments) / 2


@pytest.mark.parametrize("step", ["samples are deleted", "samples are written"])
def test_what_was_held_comes_back_also_where_the_undo_is_cancelled_after_a_kill(world: World, step: str) -> None:
    id = imported_between_live_samples(world)
    tenant = world.plant.tenant
    undo = jobs.queue_undo(tenant, id, False, "erika", now()).id
    assert killed_at((step, "after" if "deleted" in step else "before", 1), lambda: jobs.perform(tenant, undo, now))
    assert len(world.stored("TT-101")) < len(LIVE)
    late = next(iter(LIVE))
    world.write("TT-101", {late: (42.0, 0)})  # what arrives meanwhile is newer than what is held
    jobs.cancel(tenant, undo, now())
    jobs.perform(tenant, undo, now)
    assert {t: v for t, v in world.stored("TT-101").items() if t in LIVE} == LIVE | {late: (42.0, 0)}
    assert not is_held(tenant)


def test_a_sample_that_an_import_wrote_twice_is_counted_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journaling, "PIECE", 8)
    before: State = {START + n * MINUTE: (70.0 + n, 1) for n in range(5)}
    first: State = {START + n * MINUTE: (float(n), 0) for n in range(20)}
    second: State = {START + n * MINUTE: (float(n + 100), 0) for n in range(4, 30)}
    overwritten: State = {START + 10 * MINUTE: (-1.0, 0)}
    world.write("TT-101", before)
    id = world.new_import()
    for part in (first, second):  # two files that overlap
        world.write("TT-101", part, journal=id)
    world.write("TT-101", overwritten)
    for dry_run in (True, False):
        assert counts(world.undo(id, dry_run=dry_run).result) == (24, 0, 5, 1)
    assert world.stored("TT-101") == before | overwritten
    assert counts(world.undo(id).result) == (0, 0, 0, 1), "what is as it was counts no more"


def test_what_somebody_else_took_back_is_not_counted(world: World) -> None:
    id = world.new_import()
    world.write("TT-101", dict(list(IMPORTED.items())[:100]), journal=id)
    world.correct("delete", "TT-101", start=START, end=START + 40 * MINUTE)
    assert counts(world.undo(id).result) == (60, 0, 0, 0)
    assert world.stored("TT-101") == {}


def test_a_sample_that_loses_its_text_is_not_lost_to_a_kill_and_a_cancel(world: World) -> None:
    """Nothing but a delete takes a field from a sample."""
    world.write("TT-101", {START: (1.0, 0)})
    id = world.new_import()
    world.write("TT-101", {START: ("text", 0)}, journal=id)
    tenant = world.plant.tenant
    undo = jobs.queue_undo(tenant, id, False, "erika", now()).id
    assert killed_at(("samples are deleted", "after", 1), lambda: jobs.perform(tenant, undo, now))
    jobs.cancel(tenant, undo, now())
    jobs.perform(tenant, undo, now)
    world.undo(id)
    assert world.stored("TT-101") == {START: (1.0, 0)}


def test_a_shift_between_other_samples_sends_few_deletes(world: World, statements: list[str]) -> None:
    world.write("TT-101", IMPORTED)
    world.write("TT-102", LIVE)
    ids = [world.plant.sensor(tag).id for tag in ("TT-101", "TT-102")]
    swap = jobs.queue(world.plant.tenant, NewCorrection(action="swap", sensors=ids, start=START), "erika", now()).id
    world.perform(swap)
    assert (world.stored("TT-101"), world.stored("TT-102")) == (LIVE, IMPORTED)
    assert len(statements) <= 2 * applying.MAX_DELETES
