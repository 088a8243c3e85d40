"""Health inside a tenant is about that tenant and the parts it uses; operators see all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from config import health
from kernel.tenancy import TenantConnection
from runtime.supervisor import ProgramStatus
from tests.conftest import ClientFor
from tests.stopping import stopped
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db
SHARED = {"database", "redis", "documents"}


def parts(client: Client, tenant: TenantConnection | None = None) -> dict[str, str]:
    headers = {"X-Plantrace-Tenant": tenant.slug} if tenant else {}
    return {part["name"]: part["state"] for part in json.loads(client.get("/readyz", headers=headers).content)["parts"]}


def await_state(client: Client, tenant: TenantConnection, state: str) -> None:
    wait_until(lambda: parts(client, tenant)["tenant database"] == state)


def test_callers_see_the_parts_that_they_use(
    acme: TenantConnection, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = [health.Part(name, "up") for name in (*sorted(SHARED), "reconciler", "tenant databases")]
    monkeypatch.setattr(health, "check_parts", lambda: everything)
    monkeypatch.setattr(health, "_last", (0.0, []))
    assert parts(Client()).keys() == SHARED
    assert parts(client_for("viewer", acme)).keys() == SHARED | {"tenant database"}
    assert parts(client_for("operator")).keys() == SHARED | {"reconciler", "tenant databases"}


def test_a_silent_database_is_reported_to_its_own_tenant_and_delays_nobody(
    acme: TenantConnection, rival: TenantConnection, client_for: ClientFor, servers: Any
) -> None:
    mine, others = client_for("viewer", acme), client_for("viewer", rival)
    await_state(mine, acme, "up")
    with stopped(servers.status(f"influx-{acme.id}").pid):
        await_state(mine, acme, "down")
        assert parts(others, rival)["tenant database"] == "up"
        assert "tenant database" not in parts(others, acme)  # an outsider hears nothing of it
    await_state(mine, acme, "up")


def test_a_database_that_is_being_started_is_not_down(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch, servers: Any
) -> None:
    def told(state: str) -> str:
        one = ProgramStatus(f"influx-{acme.id}", state, 1, 0, "")
        monkeypatch.setattr(health.Supervisor, "statuses", lambda self: [one])
        return {part.name: part.state for part in health._programs()}["tenant databases"]

    assert [told(state) for state in ("STARTING", "RUNNING", "BACKOFF")] == ["up", "up", "down"]
