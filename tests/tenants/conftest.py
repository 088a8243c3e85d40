"""Tenants made by the real reconciler, on real servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.timeseries import Timeseries
from tenants import operations, reconciler
from tenants.backups import jobs as backups
from tenants.models import Tenant
from tests.tenants.filled import fill
from tests.tenants.residue import residue
from web import stores

MakeTenant = Callable[..., Tenant]


@pytest.fixture
def make_tenant(db: None, servers: Supervisor, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeTenant]:
    """`make_tenant("acme2")`: a tenant that is ready; all that a test makes is removed after it."""
    monkeypatch.setattr("tenants.steps.SETTLE_S", 0.1)  # nobody is inside here
    created: list[tuple[str, str]] = []

    def make(slug: str, **wanted: Any) -> Tenant:
        operations.create(operations.NewTenant(slug=slug, **wanted))
        reconciler.reconcile()
        tenant = Tenant.objects.get(slug=slug)
        created.append((tenant.id, tenant.disk))
        assert tenant.state == "ready", tenant.error
        return tenant

    yield make
    for slug in Tenant.objects.filter(pk__in=[tenant for tenant, _ in created]).values_list("slug", flat=True):
        operations.delete(slug, slug)
    reconciler.reconcile()
    for tenant, disk in created:
        assert_gone(home, tenant, disk, disk_too=False)


@pytest.fixture(scope="module")
def filled(servers: Supervisor, django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    """The row of a tenant with content, for tests that leave it running."""
    with django_db_blocker.unblock():
        operations.create(operations.NewTenant(slug="original", name="Original Ltd", limits={"sensors": 77}))
        reconciler.reconcile()
        tenant = Tenant.objects.get(slug="original")
        Tenant.objects.all().delete()
    assert tenant.state == "ready", tenant.error
    fill(tenant)
    yield tenant
    servers.remove_program(f"influx-{tenant.id}")


@pytest.fixture
def kept_original(db: None, filled: Tenant) -> Tenant:
    filled.save(force_insert=True)
    return Tenant.objects.get(pk=filled.pk)


@pytest.fixture
def original(make_tenant: MakeTenant) -> Tenant:
    tenant = make_tenant("original", name="Original Ltd", limits={"sensors": 77})
    fill(tenant)
    return tenant


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Iterator[str]:
    """Where attachments are."""
    settings.EVENT_ATTACHMENTS = str(tmp_path / "attachments")
    stores.attachments.cache_clear()
    yield settings.EVENT_ATTACHMENTS
    stores.attachments.cache_clear()


def work_on_backups() -> None:
    """What a worker does when it is woken."""
    for kind in (backups.BACKUPS, backups.RESTORES):
        for ref in kind.find_open():
            kind.attempt(ref, lambda: time.time_ns() // 1_000_000)


def admin_of(tenant: Tenant) -> Timeseries:
    assert tenant.secrets is not None
    return Timeseries(tenant.endpoints["http"], tenant.secrets.admin)


def assert_gone(home: Home, tenant: str, disk: str, disk_too: bool = True) -> None:
    """Checks that nothing is left of a deleted tenant: no row, program, port, log, folder, Redis key or document."""
    assert not Tenant.objects.filter(pk=tenant).exists()
    assert residue(home, f"influx-{tenant}") == []
    if tenant != disk:
        assert residue(home, tenant) == []
    if disk_too:
        assert residue(home, disk) == []
