"""Deleting leaves nothing; a kept disk is adopted only by its id; a reused slug starts empty."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.redis.client import redis_client
from stores.timeseries import RefusedCredentials, Timeseries
from tenants import operations, queries, reconciler
from tenants.interfaces import data_plane
from tenants.models import KeptDisk, Tenant
from tests.tenants.conftest import MakeTenant, assert_gone
from web import stores

LINE = b"p1,sensor=s1 value=1.5,quality=0i 1700000000000000000"


def fill(tenant: Tenant) -> TenantConnection:
    """A sample, a document and a latest value of its own."""
    connection = tenant.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", LINE)
    stores.documents(connection).insert("sites", {"_id": "p1", "name": tenant.name})
    redis_client(settings.REDIS_URL).set(connection.prefix + "test", 1)
    return connection


def remove(slug: str, keep_disk: bool = False) -> None:
    operations.delete(slug, slug, keep_disk)
    reconciler.reconcile()
    assert not Tenant.objects.filter(slug=slug).exists()


def samples(connection: TenantConnection) -> int:
    [found] = Timeseries(connection.influx_url, connection.reader).read(['SELECT count("value") FROM raw.p1'])
    return int(found[0].values[0][1]) if found else 0


def test_nothing_is_left_of_a_deleted_tenant(make_tenant: MakeTenant, home: Home) -> None:
    tenant = make_tenant("gone")
    fill(tenant)
    remove("gone")
    assert_gone(home, tenant.id, tenant.disk)
    assert queries.kept_disks() == []


def test_late_writes_after_deletion_are_removed(make_tenant: MakeTenant, home: Home) -> None:
    tenant = make_tenant("haunted")
    connection = fill(tenant)
    remove("haunted")
    stores.documents(connection).insert("imports", {"_id": "i1", "state": "failed"})  # an import notes its failure
    redis_client(settings.REDIS_URL).set(connection.prefix + "test", 1)
    reconciler.drop_disks(timezone.now())
    assert_gone(home, tenant.id, tenant.disk)
    reconciler.drop_disks(timezone.now() + timedelta(minutes=20))
    assert not KeptDisk.objects.exists()


def test_a_slug_used_again_starts_empty(make_tenant: MakeTenant) -> None:
    first = make_tenant("again")
    old = fill(first)
    remove("again")
    second = make_tenant("again").connection()
    assert second.id != old.id
    assert samples(second) == 0
    assert stores.documents(second).find("sites") == []
    assert second.reader.password != old.reader.password


def test_a_slug_used_again_starts_empty_though_the_disk_was_kept(make_tenant: MakeTenant) -> None:
    fill(make_tenant("kept-away"))
    remove("kept-away", keep_disk=True)
    second = make_tenant("kept-away").connection()
    assert samples(second) == 0
    assert stores.documents(second).find("sites") == []


def test_a_kept_disk_is_adopted_with_new_users(make_tenant: MakeTenant, home: Home) -> None:
    tenant = make_tenant("keeper", name="Keeper Ltd")
    old = fill(tenant)
    remove("keeper", keep_disk=True)
    assert_gone(home, tenant.id, tenant.disk, disk_too=False)
    [kept] = queries.kept_disks("keeper")
    assert (kept.id, kept.slug, kept.name) == (tenant.disk, "keeper", "Keeper Ltd")

    adopted = make_tenant("heir", adopt_disk=kept.id).connection()

    assert adopted.id != old.id
    assert samples(adopted) == 1
    assert stores.documents(adopted).get("sites", "p1") is not None
    assert queries.kept_disks() == []
    for credentials in (old.reader, old.writer):
        with pytest.raises(RefusedCredentials):
            Timeseries(adopted.influx_url, credentials).execute("SHOW DATABASES")
    remove("heir")
    assert_gone(home, adopted.id, adopted.disk)


def test_a_disk_is_adopted_once_and_only_by_its_id(make_tenant: MakeTenant) -> None:
    make_tenant("one-disk")
    remove("one-disk", keep_disk=True)
    [kept] = queries.kept_disks()
    for wrong, error in (("one-disk", BadRequest), ("taaaaaaaaaa", NotFound)):
        with pytest.raises(error):
            operations.create(operations.NewTenant(slug="second", adopt_disk=wrong))
    make_tenant("second", adopt_disk=kept.id)
    with pytest.raises(NotFound):
        operations.create(operations.NewTenant(slug="third", adopt_disk=kept.id))


def test_the_slug_must_be_typed_again(make_tenant: MakeTenant) -> None:
    make_tenant("careful")
    for wrong in (None, "", "Careful", "carefull"):
        with pytest.raises(BadRequest, match="confirm=careful"):
            operations.delete("careful", wrong)
    assert Tenant.objects.get(slug="careful").state == "ready"


def test_a_tenant_is_closed_from_the_moment_of_the_request(make_tenant: MakeTenant) -> None:
    make_tenant("closing")
    operations.delete("closing", "closing")
    assert queries.connection_by_slug("closing") is None
    assert "closing" not in [each.slug for each in queries.connections()]
    with pytest.raises(Conflict, match="still being deleted"):
        operations.create(operations.NewTenant(slug="closing"))
    with pytest.raises(Conflict, match="is deleting"):
        operations.suspend("closing")


def test_a_tenant_that_never_came_up_can_be_deleted(db: None, home: Home, make_tenant: MakeTenant) -> None:
    tenant = operations.create(operations.NewTenant(slug="stillborn"))
    remove("stillborn")
    assert_gone(home, tenant.id, tenant.disk)


def test_accepted_samples_are_written_before_a_disk_is_kept(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = make_tenant("drained")
    connection = fill(tenant)
    stores.streams().append(connection, [(1, b"accepted")])
    monkeypatch.setattr("tenants.steps.DRAIN_WITHIN_S", 0.3)
    operations.delete("drained", "drained", keep_disk=True)
    reconciler.reconcile()

    waiting = Tenant.objects.get(slug="drained")
    assert "ingest writer" in waiting.error
    assert connection.slug in [each.slug for each in queries.connections()], "the writer must still reach it"

    entries = stores.streams().read(connection.prefix, 10)  # what the ingest writer does
    stores.streams().commit(connection.prefix, entries, {})
    assert data_plane().pending(connection) == 0
    operations.retry("drained")
    reconciler.reconcile()
    assert not Tenant.objects.filter(slug="drained").exists()


def test_requests_in_progress_get_time_to_finish(make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tenant("settled")
    monkeypatch.setattr("tenants.steps.SETTLE_S", 1.5)
    started = time.monotonic()
    remove("settled")
    assert time.monotonic() - started >= 1.4


def test_a_kept_disk_is_removed_permanently_when_its_id_is_confirmed(make_tenant: MakeTenant, home: Home) -> None:
    tenant = make_tenant("twice-gone")
    fill(tenant)
    remove("twice-gone", keep_disk=True)
    with pytest.raises(BadRequest, match=f"confirm={tenant.disk}"):
        operations.drop_disk(tenant.disk, "twice-gone")
    reconciler.drop_disks(timezone.now())
    assert [each.id for each in queries.kept_disks()] == [tenant.disk]

    operations.drop_disk(tenant.disk, tenant.disk)
    with pytest.raises(NotFound):
        operations.create(operations.NewTenant(slug="too-late", adopt_disk=tenant.disk))
    reconciler.drop_disks(timezone.now())
    assert queries.kept_disks() == []
    assert_gone(home, tenant.id, tenant.disk)
    with pytest.raises(NotFound):
        operations.drop_disk(tenant.disk, tenant.disk)
