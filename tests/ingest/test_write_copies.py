"""A process's copy of the catalog may be outdated: writes are validated against the current catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from catalog import operations as catalog
from catalog import snapshot
from catalog.kinds import KINDS
from catalog.snapshot import Snapshot, snapshot_of
from ingest.operations import Taken
from ingest.sources.influxdb.operations import take_lines
from stores.redis.client import redis_client
from tests.ingest.conftest import Plant, drain
from web.stores import documents, streams

T = 1_770_000_000_000_000_000


@contextmanager
def as_it_was(plant: Plant, before: Snapshot) -> Iterator[None]:
    """The state of a process that has not noticed later changes."""
    snapshot._keep(documents(plant.tenant).name, before)
    yield
    assert snapshot_of(plant.tenant).position != before.position


def send(plant: Plant, tag: str) -> Taken:
    return take_lines(plant.tenant, f"{plant.slug},sensor={tag} value=1 {T}".encode(), 1, T)


def test_a_sensor_created_meanwhile_is_accepted(plant: Plant) -> None:
    before = snapshot_of(plant.tenant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900", "name": "New"}])
    with as_it_was(plant, before):
        assert send(plant, "TT-900") == Taken(1)
    drain(plant.tenant)
    assert plant.stored("TT-900") == {T: (1.0, 0)}


def test_a_sensor_that_went_meanwhile_is_refused_and_nothing_is_stored(plant: Plant) -> None:
    before = snapshot_of(plant.tenant)
    catalog.delete(plant.tenant, KINDS["sensors"], plant.sensor("TT-101").id)
    with as_it_was(plant, before):
        taken = send(plant, "TT-101")
    assert (taken.stored, taken.refused) == (0, 1) and "TT-101" in taken.refusals[0].reason
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_what_an_old_copy_refused_leaves_no_dead_letter(plant: Plant) -> None:
    before, kept = snapshot_of(plant.tenant), letters_ever(plant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900", "name": "New"}])
    with as_it_was(plant, before):
        send(plant, "TT-900")
    assert letters_ever(plant) == kept
    drain(plant.tenant)


def letters_ever(plant: Plant) -> int:
    return streams().dead_letters.counts(plant.tenant.prefix).total


def test_another_change_is_noticed_and_the_points_are_appended_once(plant: Plant) -> None:
    before = snapshot_of(plant.tenant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900", "name": "New"}])
    with as_it_was(plant, before):
        assert send(plant, "TT-101") == Taken(1)
    assert streams().backlogs([plant.tenant.prefix]) == [1]
    drain(plant.tenant)


def test_while_nothing_changes_one_look_into_redis_is_enough(plant: Plant) -> None:
    snapshot_of(plant.tenant)
    before = _scripts_run()
    send(plant, "TT-101")
    assert _scripts_run() - before == 1
    send(plant, "TT-999")  # kept as an example for rules, once a second
    before = _scripts_run()
    send(plant, "TT-999")
    assert _scripts_run() - before == 1, "a refusal costs no more"
    drain(plant.tenant)


def _scripts_run() -> int:
    found = redis_client(settings.REDIS_URL).info("commandstats")
    return sum(int(found.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("eval", "evalsha"))  # type: ignore[union-attr]
