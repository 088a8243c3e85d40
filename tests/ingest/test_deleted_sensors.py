"""Samples that wait in the queue, or are being written, while their sensor is deleted: nothing is left of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings

from catalog import operations, removals
from catalog.errors import StaleRevision
from catalog.kinds import SENSORS, SITES
from catalog.snapshot import snapshot_of
from ingest.points import RawPoint
from ingest.sources.influxdb.operations import take_lines
from ingest.validation import PointValidator
from ingest.writer.tenant import TenantWriter
from kernel.batch import encode
from kernel.errors import PlantraceError
from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.deleted import MARGIN_MS, TTL_S, deleted, stream
from stores.timeseries import RAW, Timeseries
from tests.ingest.conftest import Plant, drain
from tests.ingest.corrections_world import MS, World
from web.stores import marks, reader, streams, writer

T = 1_770_000_000_000_000_000
GONE, STAYS = "TT-101", "TT-102"
Delete = Callable[[], object]


def send(plant: Plant) -> None:
    lines = [f"{plant.slug},sensor={tag} value={k} {T + k}" for tag in (GONE, STAYS) for k in range(3)]
    take_lines(plant.tenant, "\n".join(lines).encode(), 1, time.time_ns())


def samples_of(plant: Plant, id: str) -> int:
    [series] = reader(plant.tenant).read([f"SELECT count(quality) FROM raw.\"{plant.site}\" WHERE sensor = '{id}'"])
    return int(series[0].values[0][1]) if series else 0


def assert_nothing_is_left(plant: Plant, id: str) -> None:
    assert id not in snapshot_of(plant.tenant).sensors
    assert samples_of(plant, id) == 0
    assert streams().latest.read(plant.tenant.prefix, [id]) == {}
    assert streams().backlogs([plant.tenant.prefix]) == [0]


class Killed(BaseException):
    pass


class Interrupted(Timeseries):
    """Something happens after the writer has looked and before its write arrives."""

    def __init__(self, plant: Plant, meanwhile: Delete) -> None:
        super().__init__(plant.tenant.influx_url, plant.tenant.writer, timeout_s=5)
        self.meanwhile = meanwhile

    def write_lines(self, *arguments: Any, **options: Any) -> None:
        self.meanwhile()
        super().write_lines(*arguments, **options)


class AfterTheWrite:
    """A listener, called when a batch is stored and not acknowledged yet."""

    def __init__(self, delete: Delete) -> None:
        self.delete = delete

    def stored(self, batch: object) -> None:
        self.delete()


def test_what_waits_of_a_deleted_sensor_is_never_stored(plant: Plant) -> None:
    id, before = plant.sensor(GONE).id, streams().left_out(plant.tenant.prefix)
    send(plant)
    operations.delete(plant.tenant, SENSORS, id)
    drain(plant.tenant)
    assert_nothing_is_left(plant, id)
    assert len(plant.stored(STAYS)) == 3
    assert streams().left_out(plant.tenant.prefix) - before == 3


def test_what_waits_of_a_deleted_site_is_never_stored(plant: Plant) -> None:
    ids = [plant.sensor(tag).id for tag in (GONE, STAYS)]
    send(plant)
    operations.delete(plant.tenant, SITES, plant.site, cascade=True)
    drain(plant.tenant)
    for id in ids:
        assert_nothing_is_left(plant, id)
    assert plant.site not in reader(plant.tenant).measurements()


def test_what_arrives_after_its_sensor_was_deleted_is_not_stored(plant: Plant) -> None:
    """Of a sender that looked at the catalog before."""
    id = plant.sensor(GONE).id
    validator = PointValidator(snapshot_of(plant.tenant), T)
    validator.add(RawPoint(plant.slug, GONE, 1.0, T))
    batch = validator.batch()
    operations.delete(plant.tenant, SENSORS, id)
    assert streams().append(plant.tenant, [(len(batch), encode(batch))])
    drain(plant.tenant)
    assert_nothing_is_left(plant, id)


@pytest.mark.parametrize("moment", ["before the write arrives", "after the write"])
def test_a_sensor_may_be_deleted_while_its_samples_are_written(plant: Plant, moment: str) -> None:
    id, done = plant.sensor(GONE).id, []

    def delete() -> None:
        if not done:
            done.append(operations.delete(plant.tenant, SENSORS, id))

    send(plant)
    early = moment == "before the write arrives"
    timeseries = Interrupted(plant, delete if early else lambda: None)
    listeners = [] if early else [AfterTheWrite(delete)]
    assert not TenantWriter(streams(), timeseries, plant.tenant, listeners).drain(lambda: True)
    assert done
    assert_nothing_is_left(plant, id)
    assert len(plant.stored(STAYS)) == 3


def test_what_a_killed_writer_wrote_of_a_deleted_sensor_goes_too(plant: Plant) -> None:
    """The write arrives after the deletion, and the writer dies before it looks again."""
    id = plant.sensor(GONE).id

    def die() -> None:
        raise Killed

    send(plant)
    timeseries = Interrupted(plant, lambda: operations.delete(plant.tenant, SENSORS, id))
    with pytest.raises(Killed):
        TenantWriter(streams(), timeseries, plant.tenant, [AfterTheWrite(die)]).drain(lambda: True)
    assert samples_of(plant, id) == 3
    drain(plant.tenant)
    assert_nothing_is_left(plant, id)
    assert len(plant.stored(STAYS)) == 3


@pytest.mark.parametrize("moment", ["before the write arrives", "after the write"])
@pytest.mark.parametrize("journal", [None, "i2222222222"])
def test_a_sensor_may_be_deleted_while_its_history_is_imported(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, moment: str, journal: str | None
) -> None:
    id, done, real = plant.sensor(GONE).id, [], Timeseries.write_lines

    def delete_once() -> None:
        if not done:
            done.append(operations.delete(plant.tenant, SENSORS, id))

    def write(self: Timeseries, policy: str, *rest: Any) -> None:
        if policy == RAW and moment == "before the write arrives":
            delete_once()
        real(self, policy, *rest)
        if policy == RAW:
            delete_once()

    world = World(plant)
    plant.sensor(STAYS)
    monkeypatch.setattr(Timeseries, "write_lines", write)
    world.write(GONE, {T // MS + k: (1.0, 0) for k in range(3)}, journal)
    monkeypatch.undo()
    assert done
    assert_nothing_is_left(plant, id)
    known = marks().state(plant.tenant.prefix, [id]).sensors[id]
    assert not known.buckets and not known.ranges and not known.finest


def test_a_sensor_may_be_deleted_while_its_samples_are_corrected(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    id, done, real = plant.sensor(GONE).id, [], Timeseries.write_lines
    world = World(plant)
    world.write(GONE, {T // MS + k: (1.0, 0) for k in range(3)})

    def write(self: Timeseries, policy: str, *rest: Any) -> None:
        if policy == RAW and not done:
            done.append(operations.delete(plant.tenant, SENSORS, id))
        real(self, policy, *rest)

    monkeypatch.setattr(Timeseries, "write_lines", write)
    with suppress(PlantraceError):
        world.correct("shift", GONE, start=T // MS, end=T // MS + 2, by_ms=60_000)
    monkeypatch.undo()
    assert done
    assert_nothing_is_left(plant, id)


def test_the_writer_s_lease_is_renewed_before_each_statement_that_deletes(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One may take as long as the lease; without it another writer may be at work."""
    monkeypatch.setattr("stores.timeseries.deletion.SENSORS_PER_STATEMENT", 1)
    steps: list[str] = []
    sensors = [plant.sensor(tag).id for tag in (GONE, STAYS)]
    tenant_writer = TenantWriter(streams(), writer(plant.tenant), plant.tenant)
    monkeypatch.setattr(tenant_writer, "_renew_lease", lambda: steps.append("renew"))
    monkeypatch.setattr(Timeseries, "execute", lambda *_: steps.append("delete"))
    tenant_writer._remove(dict.fromkeys(sensors, plant.site) | {"s2222222222": "p2222222222"})
    assert steps == ["renew", "delete"] * 3


def test_a_deletion_that_was_killed_once_the_document_was_gone_leaves_nothing_either(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = plant.sensor(GONE).id
    send(plant)

    def die(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(removals, "finish", die)
    with pytest.raises(Killed):
        operations.delete(plant.tenant, SENSORS, id)
    drain(plant.tenant)
    assert_nothing_is_left(plant, id)


def test_a_deletion_that_was_killed_before_the_document_was_gone_loses_no_later_sample(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(operations, "_delete", die)
    with pytest.raises(Killed):
        operations.delete(plant.tenant, SENSORS, plant.sensor(GONE).id)
    send(plant)
    drain(plant.tenant)
    assert len(plant.stored(GONE)) == 3
    latest = streams().latest.read(plant.tenant.prefix, [plant.sensor(GONE).id])
    assert latest[plant.sensor(GONE).id].v == 2.0


def test_only_the_newest_deleted_sensors_are_remembered_and_for_a_time(
    servers: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stores.redis.deleted.MAX_REMEMBERED", 2)
    prefix, client = f"pt:t{secrets.token_hex(5)}:", redis_client(settings.REDIS_URL)
    try:
        streams().deleted.add(prefix, ["s-1", "s-2", "s-3"])
        assert len(streams().deleted.among(prefix, ["s-1", "s-2", "s-3"])) == 2
        assert 0 < client.ttl(deleted(prefix)) <= TTL_S
    finally:
        streams().drop_tenant(prefix)


def test_a_sensor_whose_deletion_was_refused_keeps_its_samples(plant: Plant) -> None:
    send(plant)
    with pytest.raises(StaleRevision):
        operations.delete(plant.tenant, SENSORS, plant.sensor(GONE).id, revision=99)
    drain(plant.tenant)
    assert len(plant.stored(GONE)) == 3


def test_deleted_sensors_are_forgotten_once_nothing_of_their_time_waits(servers: Supervisor) -> None:
    prefix, client = f"pt:t{secrets.token_hex(5)}:", redis_client(settings.REDIS_URL)
    long_ago = time.time_ns() // 1_000_000 - 2 * MARGIN_MS
    streams().deleted.add(prefix, ["s-old"])
    client.zadd(deleted(prefix), {"s-old": long_ago})
    client.xadd(stream(prefix), {"n": 0, "d": b""}, id=f"{long_ago}-0")
    try:
        streams().deleted.add(prefix, ["s-new"])
        assert streams().deleted.among(prefix, ["s-old", "s-new", "s-other"]) == {"s-old", "s-new"}
        client.xdel(stream(prefix), f"{long_ago}-0")
        streams().deleted.add(prefix, ["s-new"])
        assert streams().deleted.among(prefix, ["s-old", "s-new"]) == {"s-new"}
    finally:
        streams().drop_tenant(prefix)
