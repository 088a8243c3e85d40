"""Tenants on a real Kubernetes API with simulated pods, so there are no databases."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.supervisor import Supervisor
from tenants import operations, reconciler
from tenants.models import Tenant
from tests.groups import shared_servers
from tests.isolation import ROOT
from tests.kubernetes.api_server import ApiServer, missing

CHART = ROOT / "charts" / "tenantstack"
AT_REST_WITHIN_S = 150
POLL_INTERVAL_S = 0.3  # each look costs as much CPU time again, which the cluster needs


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    if absent := missing():
        pytest.skip(f"the programs of a Kubernetes control plane are not built: {', '.join(absent)}")
    server = ApiServer(tmp_path_factory.mktemp("kubernetes"))
    shared_servers.end_with_group(server.stop)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def chart() -> Path:
    return CHART


@pytest.fixture
def helm(cluster: ApiServer, servers: Supervisor, settings: Any, tmp_path: Path, chart: Path, db: None) -> None:
    """The settings of an installation that makes tenants by Helm, in that cluster."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig)
    settings.TENANT_DRIVERS = ["helm"]
    settings.KUBECONFIG = str(kubeconfig)
    settings.TENANT_CHART = str(chart)
    settings.TENANTS_SIMULATED = True


def settle(slug: str) -> Tenant | None:
    """Run the reconciler until the tenant is idle; None once it is deleted."""
    deadline = time.monotonic() + AT_REST_WITHIN_S
    while time.monotonic() < deadline:
        Tenant.objects.filter(slug=slug).update(not_before=None)  # no need to wait here
        reconciler.reconcile()
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None or not tenant.plan or tenant.state == "failed":
            return tenant
        time.sleep(POLL_INTERVAL_S)
    raise AssertionError(f"{slug} does not come to rest: {[str(step) + step.message for step in tenant.steps.all()]}")


def create(**wanted: Any) -> Tenant:
    """A tenant that is ready; its slug is its own."""
    slug = f"t-{secrets.token_hex(4)}".replace("t-0", "t-a")
    operations.create(operations.NewTenant(slug=slug, **wanted))
    tenant = settle(slug)
    assert tenant is not None and tenant.state == "ready", tenant and tenant.error
    return tenant
