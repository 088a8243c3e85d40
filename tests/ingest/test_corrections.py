"""Undoing imports, and deleting, shifting and swapping samples, on a real InfluxDB."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.changes import journal_of, journaling, stored
from ingest.corrections import jobs
from ingest.corrections.models import NewCorrection
from jobs import Outcome
from kernel.errors import BadRequest, Conflict, Unavailable
from kernel.times import MINUTE
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import State, World, now
from web.stores import documents, streams

START = 1_700_000_000_000


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant)


def series(first: int, count: int, value: float = 0.0, quality: int = 0) -> State:
    return {START + (first + n) * MINUTE: (value + n, quality) for n in range(count)}


def counts(result: Any) -> tuple[int, int, int, int]:
    return result.removed, result.added, result.changed, result.left


def test_undo_removes_what_the_import_wrote_and_restores_what_it_replaced(world: World) -> None:
    before = series(0, 10, 100.0, quality=1)
    world.write("TT-101", before)
    id = world.new_import()
    world.write("TT-101", series(5, 10), journal=id)
    assert len(world.stored("TT-101")) == 15
    seen = world.undo(id, dry_run=True)
    assert (seen.state, counts(seen.result)) == ("done", (5, 0, 5, 0))
    assert len(world.stored("TT-101")) == 15, "a dry run changes nothing"
    assert counts(world.undo(id).result) == (5, 0, 5, 0)
    assert world.stored("TT-101") == before
    assert counts(world.undo(id, dry_run=True).result)[:3] == (0, 0, 0), "there is nothing left to undo"


def test_samples_that_were_overwritten_since_and_live_ones_stay(world: World) -> None:
    id = world.new_import()
    world.write("TT-101", series(0, 10), journal=id)
    later = {START + 3 * MINUTE: (55.5, 0), START + 4 * MINUTE: (4.0, 2), START + 4 * MINUTE + 7: (1.0, 0)}
    world.write("TT-101", later)
    undone = world.undo(id)
    assert counts(undone.result) == (8, 0, 0, 2)
    assert world.stored("TT-101") == later


def test_texts_and_qualities_are_restored(world: World) -> None:
    before: State = {START: ('it "works"\nwell, ø', 2), START + 1: ("", 0)}
    world.write("PLC.msg", before)
    id = world.new_import()
    world.write("PLC.msg", {START: ("other", 0), START + 1: ("", 1), START + 2: ("new", 0)}, journal=id)
    assert counts(world.undo(id).result) == (1, 0, 2, 0)
    assert world.stored("PLC.msg") == before


def test_an_import_that_was_run_twice_is_undone_once(world: World) -> None:
    before = series(3, 2, 77.0)
    world.write("TT-101", before)
    id = world.new_import()
    for _ in range(2):  # its worker was killed after the first time
        world.write("TT-101", series(0, 10), journal=id)
    assert counts(world.undo(id).result) == (8, 0, 2, 0)
    assert world.stored("TT-101") == before


def test_later_imports_are_undone_in_any_order(world: World) -> None:
    first, second = world.new_import(), world.new_import()
    world.write("TT-101", series(0, 6), journal=first)
    world.write("TT-101", series(4, 6, 50.0), journal=second)
    assert counts(world.undo(first).result) == (4, 0, 0, 2)
    assert world.stored("TT-101") == series(4, 6, 50.0)
    assert counts(world.undo(second).result) == (4, 0, 2, 0), "what it replaced was the first import's"
    assert world.stored("TT-101") == {START + n * MINUTE: (float(n), 0) for n in (4, 5)}


def test_the_present_value_follows(world: World) -> None:
    sensor, tenant = world.plant.sensor("TT-101").id, world.plant.tenant
    world.write("TT-101", series(0, 3, 10.0))
    id = world.new_import()
    world.write("TT-101", series(2, 5, 90.0), journal=id)
    assert streams().latest.read(tenant.prefix, [sensor])[sensor].v == 94.0
    world.undo(id)
    latest = streams().latest.read(tenant.prefix, [sensor])[sensor]
    assert (latest.v, latest.ms) == (12.0, START + 2 * MINUTE)
    world.correct("delete", "TT-101", start=START, end=START + MINUTE * 60)
    assert streams().latest.read(tenant.prefix, [sensor]) == {}


def test_samples_are_deleted_within_a_range_and_brought_back(world: World) -> None:
    world.write("TT-101", series(0, 10))
    world.write("TT-102", series(0, 10, 50.0))
    seen = world.correct("delete", "TT-101", start=START + 2 * MINUTE, end=START + 5 * MINUTE, dry_run=True)
    assert counts(seen.result) == (3, 0, 0, 0)
    assert len(world.stored("TT-101")) == 10
    jobs.start(world.plant.tenant, seen.id)
    done = world.perform(seen.id)
    assert (counts(done.result), done.dry_run) == ((3, 0, 0, 0), False)
    assert world.stored("TT-101") == series(0, 2) | {t: v for t, v in series(0, 10).items() if t >= START + 5 * MINUTE}
    assert world.stored("TT-102") == series(0, 10, 50.0)
    assert counts(world.undo(done.id).result) == (0, 3, 0, 0)
    assert world.stored("TT-101") == series(0, 10)


@pytest.mark.parametrize("by", [MINUTE, -MINUTE, 3 * MINUTE, -30 * MINUTE, 90_000])
def test_samples_are_shifted_and_shifted_back(world: World, by: int) -> None:
    before = series(0, 20)
    world.write("TT-101", before)
    start, end = START + 5 * MINUTE, START + 10 * MINUTE
    done = world.correct("shift", "TT-101", start=start, end=end, by_ms=by)
    moved = {t: v for t, v in before.items() if not start <= t < end}
    moved |= {t + by: v for t, v in before.items() if start <= t < end}
    assert world.stored("TT-101") == moved
    world.undo(done.id)
    assert world.stored("TT-101") == before


def test_two_sensors_are_swapped_before_a_moment(world: World) -> None:
    one, other = series(0, 10, 1.0), {t + 500: v for t, v in series(3, 12, 50.0, quality=1).items()}
    world.write("TT-101", one)
    world.write("TT-102", other)
    moment = START + 6 * MINUTE
    done = world.correct("swap", "TT-101", "TT-102", end=moment)
    assert world.stored("TT-101") == {t: v for t, v in (one | other).items() if (t < moment) == (t in other)}
    assert world.stored("TT-102") == {t: v for t, v in (one | other).items() if (t < moment) == (t in one)}
    world.undo(done.id)
    assert (world.stored("TT-101"), world.stored("TT-102")) == (one, other)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"action": "delete", "tags": ["TT-101"]}, "`start` is missing"),
        ({"action": "shift", "tags": ["TT-101"], "start": 1, "end": 2}, "`by_ms` is missing"),
        ({"action": "delete", "tags": ["TT-101"], "start": 2, "end": 2}, "`end` is not after `start`"),
        ({"action": "delete", "tags": ["TT-101"], "start": 1, "end": 2, "by_ms": 5}, "belongs to a shift"),
        ({"action": "swap", "tags": ["TT-101"], "start": 1}, "two are swapped"),
        ({"action": "swap", "tags": ["TT-101", "TT-102"]}, "before `end`, after `start`"),
        ({"action": "swap", "tags": ["TT-101", "PLC.msg"], "start": 1}, "TT-101 is continuous and PLC.msg is text"),
        ({"action": "swap", "tags": ["TT-101", "EM-1"], "start": 1}, "has the unit"),
        ({"action": "swap", "tags": ["TT-101", "TT-101"], "start": 1}, "names a sensor twice"),
        ({"action": "shift", "tags": ["TT-101"], "start": 1, "end": 2, "by_ms": 9_000_000_000_000}, "years"),
    ],
)
def test_what_cannot_be_meant_is_refused(world: World, wanted: dict[str, Any], why: str) -> None:
    wanted = dict(wanted)
    with pytest.raises(BadRequest, match=why):
        world.correct(wanted.pop("action"), *wanted.pop("tags"), **wanted)


def test_what_is_not_kept_any_more_cannot_be_undone(world: World) -> None:
    id = world.new_import()
    world.write("TT-101", series(0, 3), journal=id)
    journal_of(world.plant.tenant, id).clear()
    with pytest.raises(Conflict, match="30 days"):
        world.undo(id)


def test_two_pieces_are_planned_and_written_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "PAGE", 7)
    before, other = series(0, 50), series(20, 30, 500.0)
    world.write("TT-101", before)
    world.write("TT-102", other)
    shifted = world.correct("shift", "TT-101", start=START, end=START + 40 * MINUTE, by_ms=5 * MINUTE)
    moved = {t + 5 * MINUTE: v for t, v in series(0, 40).items()}
    assert world.stored("TT-101") == {t: v for t, v in before.items() if t >= START + 40 * MINUTE} | moved
    assert journal_of(world.plant.tenant, shifted.id).count() > 3
    swapped = world.correct("swap", "TT-101", "TT-102", start=START)
    assert world.stored("TT-101") == other
    world.undo(swapped.id)
    world.undo(shifted.id)
    assert (world.stored("TT-101"), world.stored("TT-102")) == (before, other)


def test_a_correction_that_waits_for_its_next_attempt_is_not_undone_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next attempt would continue over what the undo restored."""
    monkeypatch.setattr(stored, "PAGE", 8)
    before = series(0, 20)
    world.write("TT-101", before)
    sensor = world.plant.sensor("TT-101").id
    wanted = NewCorrection(
        action="shift", sensors=[sensor], start=START + 5 * MINUTE, end=START + 20 * MINUTE, by_ms=3 * MINUTE
    )
    id = jobs.queue(world.plant.tenant, wanted, "erika", now()).id
    really, pieces = jobs.apply, 0

    def away_at_the_second(*args: Any, **kwargs: Any) -> Any:
        nonlocal pieces
        pieces += 1
        if pieces == 2:
            raise Unavailable("The database is away.")
        return really(*args, **kwargs)

    with monkeypatch.context() as once:
        once.setattr(jobs, "apply", away_at_the_second)
        assert jobs.perform(world.plant.tenant, id, now) is Outcome.waits
    assert jobs.read(world.plant.tenant, id).state == "running"
    for dry_run in (False, True):
        with pytest.raises(Conflict, match="cancel it, then undo it") as refused:
            jobs.queue_undo(world.plant.tenant, id, dry_run, "erika", now())
        assert refused.value.problem == "not-ended"
    jobs.cancel(world.plant.tenant, id, now())
    world.undo(id)
    assert world.stored("TT-101") == before


def test_an_undo_whose_target_was_started_meanwhile_fails(world: World) -> None:
    world.write("TT-101", series(0, 5))
    sensor = world.plant.sensor("TT-101").id
    wanted = NewCorrection(action="delete", sensors=[sensor], start=START, end=START + MINUTE)
    id = jobs.queue(world.plant.tenant, wanted, "erika", now()).id
    world.perform(id)
    undo = jobs.queue_undo(world.plant.tenant, id, False, "erika", now()).id
    documents(world.plant.tenant).change("corrections", id, lambda document: {**document, "state": "running"})
    assert jobs.perform(world.plant.tenant, undo, now) is Outcome.ended
    failed = jobs.read(world.plant.tenant, undo)
    assert (failed.state, "cancel it" in (failed.error or "")) == ("failed", True)
    documents(world.plant.tenant).change("corrections", id, lambda document: {**document, "state": "done"})


def test_an_undo_that_an_earlier_release_began_is_planned_as_a_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had no plan of its own, and counted the pieces of its target."""
    monkeypatch.setattr(journaling, "PIECE", 4)
    before, tenant, id = series(0, 20, 100.0), world.plant.tenant, world.new_import()
    world.write("TT-101", before)
    for first in range(0, 20, 4):
        world.write("TT-101", series(first, 4), journal=id)
    assert journal_of(tenant, id).count() == 5
    undo = jobs.queue_undo(tenant, id, False, "erika", now()).id
    sensor = {"sensor": world.plant.sensor("TT-101").id, "removed": 0, "added": 0, "changed": 12, "left": 0}
    progress = {
        "state": "running",
        "progress": {"samples": 20, "done": 3, "pieces": 5},
        "result": {"removed": 0, "added": 0, "changed": 12, "left": 0, "sensors": [sensor]},
    }
    documents(tenant).change("corrections", undo, lambda document: {**document, **progress})
    assert counts(world.perform(undo).result) == (0, 0, 20, 0)
    assert world.stored("TT-101") == before


def test_the_plan_of_a_failed_dry_run_is_deleted(world: World) -> None:
    id = world.new_import()
    world.write("TT-101", series(0, 5), journal=id)
    tenant = world.plant.tenant
    preview = jobs.queue_undo(tenant, id, True, "erika", now()).id
    journal_of(tenant, preview).append(journal_of(tenant, id).read(0))  # a killed attempt came so far
    jobs.cancel(tenant, preview, now())
    assert jobs.perform(tenant, preview, now) is Outcome.ended
    assert (journal_of(tenant, preview).exists(), journal_of(tenant, id).exists()) == (False, True)
