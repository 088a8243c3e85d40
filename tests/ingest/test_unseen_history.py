"""Samples that were acknowledged are history wherever they are: waiting, stored without a latest value, or in rungs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from django.conf import settings

from catalog import operations
from catalog.history import HasSamples, History
from catalog.kinds import SENSORS
from catalog.models import Sensor
from ingest import incoming
from ingest.changes import journal
from ingest.changes.held import holding
from ingest.changes.journal import delete_journals
from ingest.changes.samples import Samples
from ingest.imports import jobs as imports
from ingest.imports.report.model import ImportProgress
from ingest.sources.influxdb.operations import take_lines
from jobs import Cancelled
from kernel import ids
from kernel.errors import Conflict, Unavailable
from kernel.times import DAY, HOUR, MINUTE
from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.timeseries.deletion import delete_samples_before
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant, drain
from tests.ingest.corrections_world import World, now
from tests.stopping import stopped
from tests.waiting import wait_until
from web.stores import streams, writer

START = 1_714_521_600_000


def change(plant: Plant, tag: str, history: History = History.refuse, **fields: Any) -> Sensor:
    sensor = plant.sensor(tag)
    _, after = operations.change(plant.tenant, SENSORS, sensor.id, fields, sensor.revision, history=history)
    assert isinstance(after, Sensor)
    return after


def send(plant: Plant, tag: str, value: str = "21.5", t: int = START) -> None:
    take_lines(plant.tenant, f"{plant.slug},sensor={tag} value={value} {t * 1_000_000}".encode(), 1, time.time_ns())


def forget_latest(plant: Plant, *tags: str) -> None:
    streams().latest.drop(plant.tenant.prefix, [plant.sensor(tag).id for tag in tags])


def assert_kept(plant: Plant) -> None:
    """TT-101 neither changes its unit nor becomes a text; its neighbour, of which nothing was sent, does both."""
    with pytest.raises(HasSamples, match="TT-101 has samples in °C"):
        change(plant, "TT-101", unit="bar")
    with pytest.raises(HasSamples, match="kind “continuous”"):
        change(plant, "TT-101", unit="", kind="text")
    assert (plant.sensor("TT-101").unit, plant.sensor("TT-101").kind) == ("°C", "continuous")
    assert change(plant, "TT-102", unit="bar").unit == "bar"
    assert change(plant, "TT-102", unit="", kind="text").kind == "text"


def test_a_sample_that_waits_in_the_queue_keeps_its_unit(plant: Plant) -> None:
    send(plant, "TT-101")
    assert_kept(plant)
    drain(plant.tenant)
    assert plant.stored("TT-101") == {START * 1_000_000: (21.5, 0)}


def test_a_sample_that_a_writer_has_read_and_not_acknowledged_keeps_its_unit(plant: Plant) -> None:
    send(plant, "TT-101")
    assert streams().read(plant.tenant.prefix, 10)
    assert_kept(plant)
    drain(plant.tenant)


def test_a_stored_sample_without_a_latest_value_keeps_its_unit(plant: Plant) -> None:
    World(plant).write("TT-101", {START: (21.5, 0)})
    forget_latest(plant, "TT-101")
    assert_kept(plant)


def test_a_sensor_of_which_only_rungs_are_left_keeps_its_unit(plant: Plant) -> None:
    World(plant).write("TT-101", {START + k * MINUTE: (20.0, 0) for k in range(120)})
    sensor = plant.sensor("TT-101")
    operations.change(plant.tenant, SENSORS, sensor.id, {"interval_s": 60}, sensor.revision)
    settle(plant.tenant, START + 40 * DAY)
    delete_samples_before(writer(plant.tenant), plant.site, START + DAY)
    forget_latest(plant, "TT-101")
    assert plant.stored("TT-101") == {}
    assert_kept(plant)


def test_a_sensor_shown_in_another_unit_keeps_the_unit_it_is_stored_in(plant: Plant) -> None:
    change(plant, "TT-101", History.convert, unit="°F")
    send(plant, "TT-101", "70.7")
    with pytest.raises(HasSamples):
        change(plant, "TT-101", kind="discrete")
    with pytest.raises(HasSamples, match="Change the unit back to °C"):
        change(plant, "TT-101", History.relabel, unit="bar")
    drain(plant.tenant)
    assert plant.stored("TT-101") == {START * 1_000_000: (21.5, 0)}
    assert plant.sensor("TT-101").stored_as is not None


def test_many_sensors_are_checked_in_one_call(plant: Plant) -> None:
    items = [{"site": plant.slug, "tag": f"X-{k}", "unit": "°C"} for k in range(600)]
    operations.bulk_upsert(plant.tenant, "sensors", items)
    World(plant).write("X-577", {START: (1.0, 0)})
    forget_latest(plant, "X-577")
    changed = [{**item, "unit": "bar"} for item in items]
    with pytest.raises(HasSamples, match="X-577"):
        operations.bulk_upsert(plant.tenant, "sensors", changed)
    assert plant.sensor("X-1").unit == "°C", "refused as a whole"
    others = [item for item in changed if item["tag"] != "X-577"]
    assert operations.bulk_upsert(plant.tenant, "sensors", others).updated == 599


def test_a_change_is_refused_with_retry_after_while_too_much_waits(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MAX_ENTRIES", 25)
    for k in range(60):
        send(plant, "TT-102", t=START + k)
    send(plant, "TT-101", t=START)
    with pytest.raises(Unavailable, match="once they are stored") as refused:
        change(plant, "TT-101", unit="bar")
    assert refused.value.problem == "samples-waiting" and refused.value.extra["retry_after"] > 0
    with pytest.raises(HasSamples):
        change(plant, "TT-102", unit="bar")
    assert change(plant, "TT-101", History.relabel, unit="°F").unit == "°F", "who says what is meant need not wait"
    drain(plant.tenant)
    assert change(plant, "EM-1", unit="m³").unit == "m³"


def test_a_database_that_does_not_answer_refuses_the_change(plant: Plant, servers: Supervisor) -> None:
    status = servers.status(f"influx-{plant.tenant.id}")
    assert status is not None and status.pid
    with stopped(status.pid):
        with pytest.raises(Unavailable) as refused:
            change(plant, "TT-101", unit="bar")
        assert refused.value.extra["retry_after"] > 0 and refused.value.extra["part"] == "timeseries"
        assert change(plant, "TT-101", name="Supply").name == "Supply", "what does not touch samples goes on"
    assert plant.sensor("TT-101").unit == "°C"
    until_changed(plant)


def until_changed(plant: Plant) -> None:
    def changed() -> bool:
        change(plant, "TT-101", unit="bar")
        return plant.sensor("TT-101").unit == "bar"

    wait_until(lambda: plant.sensor("TT-101").unit == "bar" or changed(), meanwhile=Unavailable)


def test_samples_that_arrive_during_a_long_bulk_call_are_not_read_in_another_unit(plant: Plant) -> None:
    """The call is planned, then written in chunks; in between a sample of a later chunk is acknowledged."""
    items = [{"site": plant.slug, "tag": f"Y-{k:03}", "unit": "°C"} for k in range(120)]
    operations.bulk_upsert(plant.tenant, "sensors", items)

    def arrive(done: int, total: int) -> None:
        if done == 50:
            send(plant, "Y-110")

    with pytest.raises(HasSamples, match="Y-110"):
        operations.bulk_upsert(plant.tenant, "sensors", [{**item, "unit": "bar"} for item in items], arrive)
    assert (plant.sensor("Y-000").unit, plant.sensor("Y-110").unit) == ("bar", "°C")
    drain(plant.tenant)


# What is about to be stored


@pytest.fixture
def running_import(plant: Plant) -> Iterator[str]:
    """As a worker has it: the job is running, and its lease is held."""
    id = ids.new_id(ids.IMPORT)
    job = imports.ImportJob(
        id=id, state="running", dry_run=False, files=[], mapping=f'{{"site": "{plant.slug}", "columns": {{}}}}',
        created=now(), created_by="erika", progress=ImportProgress(),
    )  # fmt: skip
    imports.save(plant.tenant, job)
    lease = imports.JOBS.slot(plant.tenant)
    assert lease.acquire()
    with lease:
        yield id
    with suppress(Cancelled):  # it has ended
        imports.save(plant.tenant, msgspec.structs.replace(job, state="done", finished=now()))


def test_while_an_import_runs_its_sites_sensors_keep_their_units(plant: Plant, running_import: str) -> None:
    with pytest.raises(Conflict, match=running_import) as refused:
        change(plant, "TT-101", unit="bar")
    assert refused.value.problem == "import-running"
    assert change(plant, "TT-101", History.convert, unit="K").unit == "K"
    with pytest.raises(Conflict, match=running_import):
        change(plant, "TT-102", unit="", kind="text")


def test_an_import_that_has_ended_or_is_of_another_site_holds_up_nothing(
    plant: Plant, running_import: str, plant_of: Any
) -> None:
    assert change(plant_of(plant.tenant), "TT-101", unit="bar").unit == "bar"
    job = imports.read(plant.tenant, running_import)
    imports.save(plant.tenant, msgspec.structs.replace(job, state="failed", finished=now()))
    assert change(plant, "TT-101", unit="bar").unit == "bar"


def test_samples_that_can_be_brought_back_keep_their_unit(plant: Plant) -> None:
    world = World(plant)
    world.write("TT-101", {START: (21.5, 0)})
    gone = world.correct("delete", "TT-101", start=START, end=START + HOUR)
    forget_latest(plant, "TT-101")
    assert plant.stored("TT-101") == {}
    assert_kept(plant)
    assert change(plant, "TT-101", History.convert, unit="°F").unit == "°F"
    world.undo(gone.id)
    assert plant.stored("TT-101") == {START * 1_000_000: (21.5, 0)}, "in the unit that it is stored in"
    with pytest.raises(HasSamples):
        change(plant, "TT-101", unit="bar")


def test_once_they_cannot_come_back_nothing_is_kept(plant: Plant) -> None:
    world = World(plant)
    world.write("TT-101", {START: (21.5, 0)})
    world.correct("delete", "TT-101", start=START, end=START + HOUR)
    delete_journals(plant.tenant)
    assert change(plant, "TT-101", unit="bar").unit == "bar"


def test_samples_that_move_on_while_they_are_looked_for_are_found(plant: Plant) -> None:
    """From the queue into the database, at any moment: a writer runs beside many questions."""
    tags = [f"Z-{k:02}" for k in range(40)]
    operations.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": tag, "unit": "°C"} for tag in tags])
    over = threading.Event()

    def store() -> None:
        while not over.is_set():
            drain(plant.tenant)

    thread = threading.Thread(target=store)
    thread.start()
    try:
        for tag in tags:
            send(plant, tag)
            with pytest.raises(HasSamples):
                change(plant, tag, unit="bar")
    finally:
        over.set()
        thread.join()


def test_samples_that_are_held_keep_their_unit(plant: Plant) -> None:
    t = np.array([START * 1_000_000], np.int64)
    with holding(plant.tenant, plant.site, plant.sensor("TT-101").id, Samples.of(t, np.array([21.5]), None)):
        assert_kept(plant)
    assert change(plant, "TT-101", unit="bar").unit == "bar"


def test_a_journal_deleted_while_it_is_read_blocks_nothing(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(plant)
    world.write("TT-101", {START: (21.5, 0)})
    world.correct("delete", "TT-101", start=START, end=START + HOUR)
    forget_latest(plant, "TT-101")
    really = journal._ranges_in

    def gone(path: Path) -> Any:
        delete_journals(plant.tenant)
        return really(path)

    monkeypatch.setattr(journal, "_ranges_in", gone)
    assert change(plant, "TT-101", unit="bar").unit == "bar"


def test_a_change_whose_lock_has_expired_is_not_written(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """To find out whether there are samples took longer than the lock lives."""
    really, client = operations.apply_history, redis_client(settings.REDIS_URL)

    def slow(*arguments: Any) -> Any:
        found = really(*arguments)
        for key in client.scan_iter("pt:*:lock:catalog"):
            client.delete(key)
        return found

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(operations, "apply_history", slow)
        change(plant, "TT-101", unit="bar")
    assert plant.sensor("TT-101").unit == "°C"
